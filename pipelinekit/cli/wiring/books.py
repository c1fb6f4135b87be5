"""Which ledger a platform has: the repository that it names, or an embedded one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from pipelinekit.cli.output import report
from pipelinekit.cli.wiring import ahead
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.errors import refused

if TYPE_CHECKING:
    from pipelinekit.adapters.source.ledger.gitledger import GitLedger
    from pipelinekit.cli.wiring.line import Line
    from pipelinekit.model.platform.document import Platform
    from pipelinekit.model.platform.zone import Clock
    from pipelinekit.steps.deploying.deployment import Prepared
    from pipelinekit.steps.journal import Told


def ledger_of(platform: Platform, first: Callable[[], object] = lambda: None) -> GitLedger:
    """The ledger of a platform; raises `Refused` where an embedded one has no home.

    What is noted there waits for `first`.
    """
    from pipelinekit.adapters.source.ledger import local
    from pipelinekit.adapters.source.ledger.gitledger import GitLedger

    if platform.ledger:
        return GitLedger(platform.ledger, platform, signed=True, first=first)
    folder = local.folder(platform.name)
    if folder is None:
        raise refused("ledger-none", "there is no home to keep a ledger in", hint="set HOME")
    return GitLedger(folder, platform, signed=False, first=first)


def shared_ledger_of(platform: Platform) -> GitLedger:
    """The same, for what needs all that is known; raises `Refused` where gates have no ledger of everybody's.

    An embedded one has what was done from this machine, and nothing of any other.
    """
    gated = [each.name for each in platform.environments if each.gated]
    if gated and not platform.ledger:
        raise refused(
            "ledger-none",
            f"which releases reached {', '.join(gated)} stands in no ledger that everybody writes",
            hint="platform.yaml names one: ledger: {repository: …}",
        )
    return ledger_of(platform)


def told(here: Line, first: Callable[[], object] = lambda: None) -> Told | None:
    """What the verbs of the line tell; None in a pipeline whose platform has no ledger.

    What is told waits for `first`, beside the verb.
    """
    from pipelinekit.steps.journal import Told

    if not here.platform.ledger and here.revision.pipeline:
        # Its home goes with the build: what is written there is nobody's memory.
        return None

    return Told(
        plan=here.plan,
        name=here.platform.ledger,
        open=lambda: ledger_of(here.platform, first),
        receipts=here.receipts,
        say=report.say,
        anchor=_anchor(here) if here.platform.ledger else None,
        platform=lambda: here.named[1] if here.given_platform else "",
        descriptor=here.descriptor.decode(errors="replace"),
        missed=ahead.unrecorded,
    )


def require_free(here: Line, prepared: Prepared) -> None:
    """Raise `Refused` where a freeze, a hold or a bar stops a deployment.

    Where no ledger is named, those of this terminal count; in a pipeline, and without a platform, none can.
    """
    if not here.given_platform or (not here.platform.ledger and here.revision.pipeline):
        return
    from pipelinekit.adapters import zones
    from pipelinekit.steps.promotion.stopped import require_free as require

    def clock(names: Iterable[str]) -> Clock:
        return zones.clock(int(time.time()), names)

    require(lambda: ledger_of(here.platform), clock, prepared.plan, prepared.target.environment, report.say)


def _anchor(here: Line) -> Callable[[str, str], None]:
    """What remembers a head of the ledger outside it: the registry a release, an environment a deployment."""
    from pipelinekit.adapters.cluster.anchors import ClusterAnchors
    from pipelinekit.adapters.registry.anchors import TagAnchors
    from pipelinekit.model.ledger import Anchor, branch_of

    def anchor(environment: str, head: str) -> None:
        branch = branch_of(here.app.team, here.app.name)
        made = Anchor(ledger=here.platform.name, branch=branch, commit=head)
        place = here.platform.environment(environment)
        if place:
            ClusterAnchors(kubeconfig(dict(os.environ))).mark(here.target(place), made)
        else:
            TagAnchors(here.images).mark(here.plan.image, made)

    return anchor


@contextmanager
def closing(told: Told | None) -> Iterator[None]:
    """Where an error ends the block, what was begun for the ledger is given back."""
    try:
        yield
    except BaseException:
        if told:
            told.close()
        raise


@contextmanager
def endings(told: Told | None, stage: str, environment: str) -> Iterator[None]:
    """What ends a stage with an error is told to the ledger, where there is one."""
    with told.endings(stage, environment) if told else nullcontext():
        yield
