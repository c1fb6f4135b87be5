"""What goes on by itself: arrivals are seen, and an environment takes what its gates let through."""

from __future__ import annotations

from collections.abc import Iterator

from pipelinekit.counts import counted
from pipelinekit.errors import PipelinekitError, Refused, ToolFailed
from pipelinekit.model.ledger import UNREACHABLE, Entry, Event, History, branch_of
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Release, Request
from pipelinekit.plan.gates.order import unseen_of
from pipelinekit.plan.gates.records import living, tried
from pipelinekit.plan.promotion import choose, underway
from pipelinekit.records import dataclass
from pipelinekit.steps.promotion import promote as promotion
from pipelinekit.steps.promotion.books import note
from pipelinekit.steps.promotion.leftover import lives
from pipelinekit.steps.promotion.looks.around import Around

SEEN, PROMOTED, WAITS, FAILED = "seen", "promoted", "waits", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What became of one application before one environment: `what` is one of the four words above."""

    application: str
    environment: str
    """Empty where nothing of the application could be read."""
    what: str
    version: str = ""
    reasons: tuple[str, ...] = ()
    """Why it waits, or failed; what was done, where it was promoted."""
    refused: bool = False
    """Whether what failed was a refusal: nothing was changed."""


def advance(around: Around, team: str, name: str, *, plan_only: bool = False) -> Iterator[Moved]:
    """See what has arrived, then promote where an environment asks for it and every gate is open.

    What waits is told and leaves nothing in the ledger; what has failed there once is not tried again by
    itself. One environment's trouble keeps no other one waiting, and a branch that cannot be read, which
    whoever may push to it can bring about, no other application.
    """
    try:
        yield from _advanced(around, team, name, plan_only=plan_only)
    except PipelinekitError as error:
        if error.faults[0].code == UNREACHABLE:
            raise
        yield _failed(f"{team}/{name}", "", "", error)


def _advanced(around: Around, team: str, name: str, *, plan_only: bool) -> Iterator[Moved]:
    for each in around.platform.environments:
        if each.gated:
            yield from _seen(around, team, name, each, plan_only=plan_only)
    for each in around.platform.environments:
        if each.gated and each.advance:
            yield from _moved(around, team, name, each, plan_only=plan_only)


def _seen(around: Around, team: str, name: str, place: Environment, *, plan_only: bool) -> Iterator[Moved]:
    """A soak counts from when somebody who is no pipeline says that they saw it: so that is said now."""
    if not place.soak:
        return
    new = unseen_of(around.ledger.history(branch_of(team, name)), place)
    if not new or around.ledger.writer().role not in ("person", "release"):
        return
    if not plan_only:
        event = Event(
            kind="seen",
            team=team,
            name=name,
            at=around.clock(()).now,
            platform=around.commit,
            details={"commits": list(new)},
        )
        note(around.ledger, event)
    what = f"{counted(len(new), 'arrival')} in {place.after}"
    yield Moved(application=f"{team}/{name}", environment=place.after, what=SEEN, reasons=(what,))


def _moved(around: Around, team: str, name: str, place: Environment, *, plan_only: bool) -> Iterator[Moved]:
    application = f"{team}/{name}"
    history = around.ledger.history(branch_of(team, name))
    if living(history, place.after) is None:
        return
    version = ""
    try:
        release = choose(history, place, "")
        version = release.version
        if _is_done(history, place, release):
            return
        waits = _in_the_way(around, history, place, release) or _closed(around, place, release)
        if waits:
            what, reasons = WAITS, waits
        elif plan_only:
            what, reasons = PROMOTED, (f"would promote {name} {version} to {place.name}",)
        else:
            done = promotion.promote(around, team, name, version, place, Request())[1]
            what, reasons = PROMOTED, tuple(each.sentence for each in done)
    except PipelinekitError as error:
        yield _failed(application, place.name, version, error)
        return
    yield Moved(application=application, environment=place.name, what=what, version=version, reasons=reasons)


def _failed(application: str, environment: str, version: str, error: PipelinekitError) -> Moved:
    return Moved(
        application=application,
        environment=environment,
        what=FAILED,
        version=version,
        reasons=tuple(each.problem for each in error.faults),
        refused=isinstance(error, Refused),
    )


def _is_done(history: History, place: Environment, release: Release) -> bool:
    """Whether it is there by the ledger, and its tests have been run; nobody asks the cluster for that."""
    there = living(history, place.name)
    return bool(there and _is(there, release) and tried(history, there))


def _in_the_way(around: Around, history: History, place: Environment, release: Release) -> tuple[str, ...]:
    begun = underway(history, place.name)
    if begun and lives(around, begun, history):
        return (f"{begun.event.version} is on its way ({begun.writer} has begun it)",)
    failed = [
        each
        for each in history
        if each.event.kind == "failed" and each.event.environment == place.name and _is(each, release)
    ]
    if failed and not begun:
        return (f"it failed there ({failed[-1].event.reason}): the next try is a person's, by `promote`",)
    return ()


def _closed(around: Around, place: Environment, release: Release) -> tuple[str, ...]:
    """What is closed; asked before promoting, which would tell the ledger of a refusal every time."""
    planned = promotion.plan(around, release.team, release.name, release.version, place, Request())
    return tuple(f"{each.gate}: {each.reason}" for each in planned.closed)


def _is(entry: Entry, release: Release) -> bool:
    event = entry.event
    return event.version == release.version and event.digests.chart == release.chart_digest


def trouble(moved: tuple[Moved, ...]) -> type[Refused | ToolFailed] | None:
    """As what the failures of a run end: refusals alone are one, anything else is a failed tool."""
    failed = [each for each in moved if each.what == FAILED]
    if not failed:
        return None
    return Refused if all(each.refused for each in failed) else ToolFailed
