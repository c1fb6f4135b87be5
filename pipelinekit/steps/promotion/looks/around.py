"""What a promotion needs of the world, and what it found there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from pipelinekit.model.ledger import Anchor
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.gates import Watch
from pipelinekit.model.platform.zone import Clock
from pipelinekit.model.promotion import Release, Watched
from pipelinekit.model.release import ImageRef, Target
from pipelinekit.ports import (
    ChartRepository,
    Charts,
    Cluster,
    Commits,
    Ledger,
    Objects,
    Receipts,
    Registry,
    Releases,
    Say,
    Workspace,
)
from pipelinekit.records import dataclass
from pipelinekit.steps.deploying.preflight import Survey

if TYPE_CHECKING:
    from pipelinekit.steps.rollout.deploy import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A platform, its ledger, its registries and clusters, and a folder for what lies about meanwhile."""

    platform: Platform
    commit: str
    """Which commit of the platform's document this is."""
    ledger: Ledger
    clock: Callable[[Iterable[str]], Clock]
    """The moment, with the zones of those names."""
    copy: Callable[[ImageRef, ImageRef], object]
    """Copies an image or an OCI chart with its referrers; nothing where it is there."""
    images: Registry
    charts: Callable[[str], ChartRepository]
    """The chart repository at an address."""
    signed: Callable[[ImageRef], bool] | None
    """Whether what a digest names has the platform's signature; None where nothing has to."""
    archives: Charts
    workspace: Workspace
    receipts: Receipts
    releases: Releases
    cluster: Cluster
    objects: Objects
    survey: Survey | None
    commits: Callable[[Release], AbstractContextManager[Commits]]
    """The commits of a release's application, of one moment: one plan asks one of them."""
    watch: Callable[[Watch, Target, int], tuple[Watched, ...]]
    """What a Prometheus says of what is watched in a target over so many seconds."""
    anchor: Callable[[Target, Anchor], None] | None
    """Has what runs in a target remember the ledger's head; None where nobody keeps a ledger."""
    holder: str
    """This process, as the ledger names it."""
    alive: Callable[[str], bool | None]
    """Whether the process that is so named still runs; None: it is on another machine."""
    timeout: int
    """Seconds that a deployment may take."""
    say: Say
    site: Site | None = None
    """The cluster as components reach it; None where applications are promoted."""
