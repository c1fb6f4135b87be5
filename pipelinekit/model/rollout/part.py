"""A rollout of components: how each stands, what is planned, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final, Literal

from pipelinekit.model.rollout.component import Component
from pipelinekit.records import dataclass

Object = Mapping[str, Any]

DEPLOYED: Final = "deployed"
UNCHANGED: Final = "unchanged"
FAILED: Final = "failed"
WAITING: Final = "waiting"

State = Literal["deployed", "unchanged", "failed", "waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedChart:
    """A chart of a component's release as it was rolled out: its archive's digest, and the values for it."""

    name: str
    version: str
    server: str
    """The version of what it runs, as it says itself: its appVersion."""
    archive: str
    """`sha256:…` of its bytes."""
    values: Mapping[str, Any]
    """All that lay over its own, but for what a cluster says of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A component's release, whole: what is recorded of it is enough to roll it out somewhere else."""

    document: str
    """The text of component.yaml."""
    chart: RecordedChart
    policies: RecordedChart | None = None
    images: Mapping[str, str] = field(default_factory=dict)
    """What is locked of an upstream chart: the digest of each image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a Service answered: an http status, 0 where nobody did, and the text."""

    status: int
    body: str = ""
    reason: str = ""
    """Why nobody answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """Pods of an older revision that only their deletion replaces."""

    workload: str
    labels: Mapping[str, str]
    revision: str
    """The label value that a new pod has."""
    replicas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the revision that was rolled out stands; nothing in the way means that it is ready."""

    reasons: tuple[str, ...] = ()
    old: tuple[Old, ...] = ()
    absent: bool = False
    """Whether one of its workloads is not there."""
    going: bool = False
    """Whether its namespace is being deleted."""

    @property
    def ready(self) -> bool:
        """Whether others may go on."""
        return not self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one component; `blocked` are those it waited for in vain."""

    component: str
    state: State
    text: str = ""
    blocked: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    refused: bool = False
    """Whether it failed because we would not."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What taking a component away would do."""

    component: str
    namespace: str
    there: bool
    """Whether anything of it is installed."""
    volumes: tuple[str, ...] = ()
    """How the names of its StatefulSets' volume claims begin."""
    definitions: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    """Why it would be refused, each with its next step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A component that runs and is not on any more, in the version that is there."""

    component: Component
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """What a rollout would do to one component."""

    component: str
    version: str
    namespace: str
    acts: bool
    installed: str = ""
    """The version that is there, or empty."""
    definitions: tuple[str, ...] = ()
    """CustomResourceDefinitions that are made or changed."""
    lines: tuple[str, ...] = ()
    """What changes, in words."""
    refusals: tuple[str, ...] = ()
    """Why it would be refused, each with its next step."""
    missing: tuple[str, ...] = ()
    """What a deployment would be refused for unless it is there by then, each with its next step."""
    unknown: tuple[str, ...] = ()
    """Of what nobody could tell whether it is there, and why."""
    after: tuple[str, ...] = ()
