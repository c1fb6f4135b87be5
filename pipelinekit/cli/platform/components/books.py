"""The ledger, for the verbs that roll components out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING

from pipelinekit.cli.output import report
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.rollout.part import DEPLOYED, UNCHANGED

if TYPE_CHECKING:
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.model.platform.zone import Clock
    from pipelinekit.model.rollout.part import Outcome
    from pipelinekit.steps.promotion.rolledout import Told
    from pipelinekit.steps.rollout.part import Part


def told(here: Rollout) -> Told | None:
    """What a rollout tells the ledger; None where the platform has none."""
    if not here.platform.ledger:
        return None
    from pipelinekit.adapters import zones
    from pipelinekit.cli.wiring.books import ledger_of
    from pipelinekit.steps.promotion.rolledout import Told

    def clock(names: Iterable[str]) -> Clock:
        return zones.clock(int(time.time()), names)

    ledger = ledger_of(here.platform)
    return Told(
        ledger=ledger,
        journal=ledger,
        clock=clock,
        platform=here.commit,
        shelf=here.shelf,
        site=here.site,
        say=report.say,
        alone=Lock(),
    )


def tell(
    books: Told | None,
    here: Rollout,
    outcomes: Iterable[Outcome],
    word: Callable[[Told], Callable[[Part], None]],
) -> None:
    """Have the ledger know of each component that is as it should be; why nobody may is said once."""
    done = [each.component for each in outcomes if each.state in (DEPLOYED, UNCHANGED)]
    if books is None or not done:
        return
    try:
        books.ledger.writer()
    except PipelinekitError as error:
        fault = error.faults[0]
        report.say(f"not in the ledger, so not to be promoted from {here.environment.name}: {fault.problem}")
        if fault.hint:
            report.say(f"  {fault.hint}")
        return
    for name in done:
        word(books)(here.parts[name])
