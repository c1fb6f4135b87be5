"""Which ledger a platform has: the repository that it names, or an embedded one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from pipelinekit.cli import report
from pipelinekit.errors import refused

if TYPE_CHECKING:
    from pipelinekit.adapters.source.ledger.gitledger import GitLedger
    from pipelinekit.cli.wiring import Line
    from pipelinekit.model.platform import Platform
    from pipelinekit.model.zone import Clock
    from pipelinekit.steps.deployment import Prepared
    from pipelinekit.steps.journal import Told


def ledger_of(platform: Platform) -> GitLedger:
    """The ledger of a platform; raises `Refused` where an embedded one has no home."""
    from pipelinekit.adapters.source.ledger import local
    from pipelinekit.adapters.source.ledger.gitledger import GitLedger

    if platform.ledger:
        return GitLedger(platform.ledger, platform, signed=True)
    folder = local.folder(platform.name)
    if folder is None:
        raise refused("ledger-none", "there is no home to keep a ledger in", hint="set HOME")
    return GitLedger(folder, platform, signed=False)


def told(here: Line) -> Told | None:
    """What the verbs of the line tell; None in a pipeline whose platform has no ledger."""
    from pipelinekit.steps.journal import Told

    if not here.platform.ledger and here.revision.pipeline:
        # Its home goes with the build: what is written there is nobody's memory.
        return None
    return Told(
        plan=here.plan,
        name=here.platform.ledger,
        open=lambda: ledger_of(here.platform),
        receipts=here.receipts,
        say=report.say,
        platform=lambda: here.named[1] if here.given_platform else "",
        descriptor=here.descriptor.decode(errors="replace"),
    )


def require_free(here: Line, prepared: Prepared) -> None:
    """Raise `Refused` where a freeze, a hold or a bar stops a deployment; without a ledger none can."""
    if not here.platform.ledger:
        return
    from pipelinekit.adapters import zones
    from pipelinekit.steps.promotion.stopped import require_free as require

    def clock(names: Iterable[str]) -> Clock:
        return zones.clock(int(time.time()), names)

    require(lambda: ledger_of(here.platform), clock, prepared.plan, prepared.target.environment, report.say)


@contextmanager
def endings(told: Told | None, stage: str, environment: str) -> Iterator[None]:
    """What ends a stage with an error is told to the ledger, where there is one."""
    with told.endings(stage, environment) if told else nullcontext():
        yield
