"""Promote a release set: begun by whoever is first, one member after the other, one record of each end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from pipelinekit.errors import PipelinekitError, Refused, failed, refused
from pipelinekit.model.ledger import BEGUN, Entry, Event, Kind
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Request
from pipelinekit.model.releaseset.document import ReleaseSet
from pipelinekit.plan.releaseset import record as records
from pipelinekit.plan.releaseset.record import PROMOTED, THERE, Part, Record, details_of, record_of
from pipelinekit.records import dataclass
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.promotion import promote as promotion
from pipelinekit.steps.promotion.books import TRIES, note, settle, told
from pipelinekit.steps.promotion.leftover import GRACE, abandoned, lives
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.promote import Planned
from pipelinekit.steps.promotion.sets.takeback import STAYS, brought
from pipelinekit.steps.promotion.sets.takeback import take_back as give_back
from pipelinekit.steps.promotion.sets.together import Together, event_of, is_same, named, plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """How a set stands now: its digest, each member's end, and what was done."""

    plan: str
    parts: tuple[Part, ...]
    did: tuple[Did, ...]
    back: bool = False
    """Whether it was taken back, and nothing was promoted."""


@dataclass(slots=True, kw_only=True)
class _Run:
    """A set on its way: `ends` grows with each member."""

    around: Around
    found: Together
    begun: str
    """The commit that says so."""
    start: Mapping[str, Part]
    """The members as they were when the set came."""
    ends: dict[str, Part] = field(default_factory=dict)

    @property
    def record(self) -> Record:
        """What is to be told of it now."""
        parts = tuple(
            self.ends.get(
                each.application, replace(each, before=self.start.get(each.application, each).before)
            )
            for each in self.found.record.parts
        )
        return replace(self.found.record, parts=parts)

    def end(self, kind: Kind, reason: str = "") -> None:
        """One record with each member's end."""
        details = details_of(self.record, begun=self.begun)
        note(self.around.ledger, event_of(self.around, self.found.plan, kind, reason=reason, details=details))


def promote(
    around: Around, chosen: ReleaseSet, environment: Environment, request: Request, *, take_back: bool
) -> Brought:
    """Promote what of a set is not there yet, callee first; stops at the first that fails.

    With `take_back` what the set has promoted then goes back to what was there before; where it has stopped
    earlier it goes back at once, and no gate is asked. Raises the first error, each fault of which names its
    member; `Refused` with every closed gate where nothing has begun.
    """
    for _ in range(TRIES):
        found = plan(around, chosen, environment, request)
        left, ended = _left(around, found, environment)
        known = brought(around, found, environment) if take_back and not left else None
        if known:
            if found.unexpected:
                raise _turned_away(around, found, Refused(*found.unexpected))
            why = request.reason or "it has stopped"
            done = _at_once(around, found, environment, known, why, ended)
            if done is None:
                continue
            return done
        back = left is not None and left.event.details.get("back") is True
        if not left and found.there:
            return _all_there(around, found, request)
        closed = None if back else found.refusal()
        if closed:
            members = tuple(x if x.there else promotion.seen(around, x) for x in found.members)
            found = replace(found, members=members)
            raise _turned_away(around, found, found.refusal() or closed, left)
        start = _start(found, environment, left)
        begins = _beginning(around, found, request, start, left)
        written = settle(around.ledger, found.common, [*ended, begins])
        if written is None:
            # Somebody has written meanwhile: a freeze, an approval, or the same set.
            continue
        run = _Run(around=around, found=found, begun=written.entries[-1].commit, start=start)
        _say_left(around, found, left, ended)
        if back and left:
            return _resumed(run, environment, left, asked=take_back)
        return _carry(run, environment, request, take_back=take_back)
    raise refused("set-underway", "the ledger did not stand still", hint="try again")


def _left(
    around: Around, found: Together, environment: Environment
) -> tuple[Entry | None, tuple[Event, ...]]:
    """This set, where it was left half done; else the end of another one that was.

    That end is written with the beginning: before every gate was open, it would be for who may not promote.
    Raises `Refused` while somebody may still be at it.
    """
    left = records.underway(found.common, environment.name, found.record.applications)
    if left and lives(around, left, found.common):
        raise _turned_away(around, found, records.busy(left))
    if left is None or is_same(left, found):
        return left, ()
    return None, (abandoned(around, left),)


def _say_left(around: Around, found: Together, left: Entry | None, ended: Sequence[Event]) -> None:
    for each in ended:
        around.say(f"the set {each.details.get('set')} was left half done, and ends here")
    if left:
        around.say(f"the set {found.plan.name} was left half done: it goes on")


def _carry(run: _Run, environment: Environment, request: Request, *, take_back: bool) -> Brought:
    asked = replace(request, together=run.found.plan)
    did: list[Did] = []
    for each, part in zip(run.found.members, run.record.parts, strict=True):
        if request.expect:
            asked = replace(asked, expect=each.survey.plan.digest)
        try:
            done = _member(run.around, each, environment, asked)
        except PipelinekitError as error:
            ended: Kind = "refused" if isinstance(error, Refused) else "failed"
            run.ends[part.application] = replace(part, end=ended, reason=told(error)[:200])
            faults = tuple(named(f"{part.application} {part.version}", error))
            _stopped(run, environment, ended, faults[0].problem, take_back=take_back)
            raise type(error)(*faults) from error
        did += done
        was = each.there and run.start[part.application].end == THERE
        run.ends[part.application] = replace(part, end=THERE if was else PROMOTED)
    run.end("set-promoted")
    return Brought(plan=run.found.plan.digest, parts=run.record.parts, did=tuple(did))


def _member(around: Around, member: Planned, environment: Environment, request: Request) -> tuple[Did, ...]:
    release = member.survey.release
    args = (around, release.team, release.name, release.version, environment, request)
    return promotion.promote(*args)[1]


def _stopped(run: _Run, environment: Environment, ended: Kind, reason: str, *, take_back: bool) -> None:
    """What is said and recorded when a member fails."""
    around = run.around
    if take_back:
        # Whoever is killed on the way back goes on backwards.
        details = details_of(replace(run.record, back=True), stage=BEGUN, takes=run.begun, **_hands(around))
        event = event_of(around, run.found.plan, "requested", reason=reason, details=details)
        run.begun = note(around.ledger, event).entries[-1].commit
        _given_back(run, environment, reason)
    else:
        run.end(ended, reason)
    for each in run.record.parts:
        around.say(f"set {run.found.plan.name}: {each}")


def _given_back(run: _Run, environment: Environment, reason: str) -> None:
    said = f"the set {run.found.plan.name} is taken back: {reason}"[:500]
    for part in give_back(run.around, run.record, environment, said):
        run.ends[part.application] = part
    run.end("rolled-back", reason)


def _at_once(
    around: Around,
    found: Together,
    environment: Environment,
    known: Record,
    reason: str,
    ended: Sequence[Event],
) -> Brought | None:
    """Take back what a set brought that stopped earlier; None where somebody else was quicker."""
    start = {each.application: each for each in known.parts}
    run = _Run(around=around, found=found, begun="", start=start)
    run.ends = {**start}
    details = details_of(replace(run.record, back=True), stage=BEGUN, **_hands(around))
    event = event_of(around, found.plan, "requested", reason=reason, details=details)
    written = settle(around.ledger, found.common, [*ended, event])
    if written is None:
        return None
    run.begun = written.entries[-1].commit
    _given_back(run, environment, reason)
    stuck = [each for each in run.record.parts if each.end == STAYS and each.before]
    if stuck:
        raise failed(
            "set-stays",
            f"the set {found.plan.name} is not back in {environment.name}: {'; '.join(map(str, stuck))}",
            hint="when what stands in the way is mended: `pipelinekit rollback APP --env "
            f"{environment.name} --to VERSION`, for each of them",
        )
    return Brought(plan=found.plan.digest, parts=run.record.parts, did=(), back=True)


def _resumed(run: _Run, environment: Environment, left: Entry, *, asked: bool) -> Brought:
    """Go on backwards; whoever has not asked for that is refused with it."""
    known = record_of(left.event)
    run.ends = {each.application: each for each in known.parts} if known else {}
    _given_back(run, environment, left.event.reason)
    for each in run.record.parts:
        run.around.say(f"set {run.found.plan.name}: {each}")
    if asked:
        return Brought(plan=run.found.plan.digest, parts=run.record.parts, did=(), back=True)
    raise refused(
        "set-taken-back",
        f"the set {run.found.plan.name} was on its way back, and is taken back now: {left.event.reason}",
        hint="run it again to promote it",
    )


def _all_there(around: Around, found: Together, request: Request) -> Brought:
    """What runs already is only proven, where that was not done; nothing is recorded of the set."""
    did: list[Did] = []
    for each in found.members:
        did += _member(around, each, each.survey.environment, replace(request, expect=""))
    return Brought(plan=found.plan.digest, parts=found.record.parts, did=tuple(did))


def _turned_away(around: Around, found: Together, error: Refused, left: Entry | None = None) -> Refused:
    """The refusal, recorded with all of its reasons; it ends what was left behind, and soaks begin."""
    for each in found.missing:
        promotion.seen(around, each)
    reason = "; ".join(each.problem for each in error.faults)[:2000]
    ended = {"begun": left.commit} if left else {}
    details = details_of(found.record, **ended)
    note(around.ledger, event_of(around, found.plan, "refused", reason=reason, details=details))
    return error


def _beginning(
    around: Around,
    found: Together,
    request: Request,
    start: Mapping[str, Part],
    left: Entry | None,
) -> Event:
    """What is written before the first effect; one that was left behind is taken up by it."""
    if left is not None and left.event.details.get("back") is True:
        details = {**left.event.details, **_hands(around), "takes": left.commit}
        return event_of(around, found.plan, "requested", reason=left.event.reason, details=details)
    parts = tuple(
        replace(each, before=start[each.application].before, end=start[each.application].end)
        for each in found.record.parts
    )
    more = {"takes": left.commit} if left else {}
    details = details_of(replace(found.record, parts=parts), stage=BEGUN, **_hands(around), **more)
    return event_of(around, found.plan, "requested", reason=request.reason, details=details)


def _hands(around: Around) -> dict[str, object]:
    """Who is at it, and until when it may take: each member as long as a promotion of its own."""
    return {"holder": around.holder, "until": around.clock(()).now + around.timeout + GRACE}


def _start(found: Together, environment: Environment, left: Entry | None) -> dict[str, Part]:
    """The members as they were before the set came: of what it has brought itself its own record says it."""
    known = record_of(left.event) if left else None
    if known:
        return {each.application: each for each in known.parts}
    mine = records.brought(found.common, environment.name, found.record)
    return {
        each.application: replace(each, before=mine.get(each.application, each.before))
        if each.end == THERE
        else each
        for each in found.record.parts
    }
