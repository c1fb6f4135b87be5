"""Take back what a set has promoted: each member to what was there before, the last one first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipelinekit.errors import PipelinekitError
from pipelinekit.model.ledger import History, branch_of
from pipelinekit.model.platform.document import Environment
from pipelinekit.plan.gates.records import living
from pipelinekit.plan.promotion import underway
from pipelinekit.plan.releaseset import record as records
from pipelinekit.plan.releaseset.record import BACK, NOT_BEGUN, PROMOTED, Part, Record, record_of
from pipelinekit.steps.promotion.books import told
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.rollback import rollback
from pipelinekit.steps.promotion.sets.together import Together, is_same

STAYS = "stays"


def take_back(around: Around, record: Record, environment: Environment, reason: str) -> Iterator[Part]:
    """How each member ended that was touched; one that cannot go back stops no other."""
    for part in due(around, record, environment):
        team, _, name = part.application.partition("/")
        if not part.before:
            yield replace(part, end=STAYS, reason="nothing that the ledger knows was there before")
            continue
        try:
            rollback(around, team, name, environment, part.before, reason, tasks=False)
        except PipelinekitError as error:
            yield replace(part, end=STAYS, reason=told(error)[:200])
            continue
        yield replace(part, end=BACK, reason=f"to {part.before}")


def foreseen(around: Around, found: Together, environment: Environment, *, asked: bool) -> Record | None:
    """The members that running a set again would take back, the last one first; None: it would promote.

    Where it was left on its way back (`back`) it goes on so, and where it has stopped when that is `asked`.
    """
    left = records.underway(found.common, environment.name, found.record.applications)
    if left and is_same(left, found):
        known = record_of(left.event)
        known = known if known and known.back else None
    else:
        known = brought(around, found, environment) if asked else None
    return replace(known, parts=tuple(due(around, known, environment))) if known else None


def brought(around: Around, found: Together, environment: Environment) -> Record | None:
    """What a set that stopped has begun with, where any of it is still there to be taken back."""
    known = records.stopped(found.common, environment.name, found.record)
    if known is None:
        return None
    known = replace(known, parts=tuple(each for each in known.parts if each.end != NOT_BEGUN))
    return known if any(due(around, known, environment)) else None


def due(around: Around, record: Record, environment: Environment) -> Iterator[Part]:
    """The members that the set has brought and that are there still, the last one first."""
    for part in reversed(record.parts):
        team, _, name = part.application.partition("/")
        history = around.ledger.history(branch_of(team, name))
        if part.before == part.version or part.end == BACK or not _is_there(history, environment, part):
            continue
        yield part


def _is_there(history: History, environment: Environment, part: Part) -> bool:
    """Whether a member runs there, or was left half way back."""
    there, going = living(history, environment.name), underway(history, environment.name)
    if going and going.event.details.get("back") is True:
        return True
    if there is None:
        return False
    back = there.event.kind == "rolled-back" and there.event.version == part.before
    return there.event.version == part.version or (back and part.end == PROMOTED)
