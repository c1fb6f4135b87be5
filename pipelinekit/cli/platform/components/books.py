"""The ledger, for the verbs that roll components out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from pipelinekit.cli.output import report
from pipelinekit.errors import PipelinekitError, Refused
from pipelinekit.model.rollout.part import DEPLOYED, UNCHANGED

if TYPE_CHECKING:
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.model.platform.zone import Clock
    from pipelinekit.model.rollout.part import Outcome
    from pipelinekit.steps.promotion.rolledout import Told
    from pipelinekit.steps.rollout.part import Part


def told(here: Rollout) -> Told | None:
    """The ledger as a rollout asks and tells it; None where nobody can have said anything in it.

    Where the platform names none, that of this terminal is asked, as for applications; it is told nothing.
    """
    from pipelinekit.adapters import zones
    from pipelinekit.cli.wiring.books import ledger_of
    from pipelinekit.cli.wiring.identity import in_pipeline
    from pipelinekit.steps.promotion.stopped import unknown

    if not here.platform.ledger and in_pipeline():
        return None
    try:
        ledger = ledger_of(here.platform)
    except PipelinekitError as error:
        # One that cannot be read stops nobody, and that is said.
        report.say(unknown(here.environment, error))
        return None
    from pipelinekit.steps.promotion.rolledout import Told

    def clock(names: Iterable[str]) -> Clock:
        return zones.clock(int(time.time()), names)

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


def stops(here: Rollout, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What of the ledger would stop each component, with its next step, for a plan.

    Past a gate that is for `platform promote --plan` to tell: nothing else changes anything there.
    """
    from pipelinekit.steps.promotion.looks.still import Still

    books = None if here.environment.gated else told(here)
    if books is None:
        return {}
    books = replace(books, ledger=Still(books.ledger))
    return {name: _stops(books, here.parts[name]) for name in names}


def _stops(books: Told, part: Part) -> tuple[str, ...]:
    try:
        books.require_free(part)
    except Refused as error:
        return tuple(": ".join(filter(None, (str(each), each.hint))) for each in error.faults)
    return ()


def tell(
    books: Told | None,
    here: Rollout,
    outcomes: Iterable[Outcome],
    word: Callable[[Told], Callable[[Part], None]],
) -> None:
    """Have the ledger know of each component that is as it should be; why nobody may is said once."""
    done = [each.component for each in outcomes if each.state in (DEPLOYED, UNCHANGED)]
    if books is None or not here.platform.ledger or not done:
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
