"""Promote a recorded release: judged, begun by whoever is first, carried out, its end recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelinekit.errors import Fault, Refused, refused
from pipelinekit.model.ledger import Entry, Event, History, number_of
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Judgement, Release, Request, Verdict
from pipelinekit.plan.chartvalues import chart_of
from pipelinekit.plan.gates.case import Case
from pipelinekit.plan.gates.judge import judge, stopped
from pipelinekit.plan.gates.order import unseen
from pipelinekit.plan.gates.records import living, verified
from pipelinekit.plan.promotion import BEGUN, busy, choose, underway
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.deploying.deployment import RUNNING
from pipelinekit.steps.promotion.around import Around
from pipelinekit.steps.promotion.books import TRIES, event_of, note, read, settle
from pipelinekit.steps.promotion.effects import Deed, carry_out, prove
from pipelinekit.steps.promotion.survey import Survey, look

GRACE = 900
"""Seconds beyond a deployment's own time until a promotion elsewhere counts as abandoned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A promotion as it stands: what it is, what the gates say, and whether it is there already."""

    survey: Survey
    case: Case
    judged: Judgement
    there: bool


def plan(
    around: Around, team: str, name: str, version: str, environment: Environment, request: Request
) -> Planned:
    """What promoting would do and whether it may; changes nothing."""
    history, common = read(around.ledger, team, name)
    release = choose(history, environment, version)
    return _planned(around, look(around, history, release, environment), history, common, request)


def promote(
    around: Around, team: str, name: str, version: str, environment: Environment, request: Request
) -> tuple[Planned, tuple[Did, ...]]:
    """Promote; nothing where the release runs there already.

    Raises `Refused` with every closed gate, which the ledger then has as well.
    """
    planned = plan(around, team, name, version, environment, request)
    if planned.there:
        return planned, (_proven(around, planned),)
    for _ in range(TRIES):
        begun = underway(planned.case.history, environment.name)
        if begun:
            planned = _after(around, planned, begun)
            if _same(begun, planned.survey.release):
                if not _has_acted(around, planned.survey, begun):
                    _require(around, planned, begun)
                    _recorded(around, planned, request)
                    _still_may(around, planned, begun)
                deed = Deed(begun=begun.commit, kind="promoted")
                return planned, carry_out(around, planned.survey, deed)
        _require(around, planned)
        there = settle(around.ledger, planned.case.history, _beginning(around, planned, request))
        if there:
            _loud(around, planned, request)
            _still_may(around, planned, None)
            deed = Deed(begun=there.entries[-1].commit, kind="promoted")
            return planned, carry_out(around, planned.survey, deed)
        # Somebody has written meanwhile: a gate, or the same promotion. All of it is judged again.
        planned = plan(around, team, name, planned.survey.release.version, environment, request)
        if planned.there:
            return planned, (_proven(around, planned),)
    raise refused("promotion-underway", "the ledger did not stand still", hint="try again")


def case_of(around: Around, survey: Survey, history: History, common: History, request: Request) -> Case:
    """What the gates judge at this moment."""
    environment = survey.environment
    return Case(
        release=survey.release,
        environment=environment,
        before=around.platform.environment(environment.after) if environment.after else None,
        history=history,
        common=common,
        clock=around.clock(each.zone for each in environment.freeze),
        plan=survey.plan,
        asker=around.ledger.writer(),
        request=request,
        found=survey.found,
    )


def refusal(planned: Planned) -> Refused:
    """Every closed gate as an error of its own."""
    release, where = planned.survey.release, planned.survey.environment.name
    what = f"{release.name} {release.version} may not go to {where}"
    return Refused(*(Fault(f"gate-{each.gate}", f"{what}: {each.reason}") for each in planned.judged.closed))


def _planned(around: Around, survey: Survey, history: History, common: History, request: Request) -> Planned:
    case = case_of(around, survey, history, common, request)
    found = living(history, survey.environment.name)
    state = around.releases.state(survey.target) if found else None
    there = bool(
        found
        and state
        and state.status == RUNNING
        and found.event.version == survey.release.version
        and found.event.digests.chart == chart_of(state.values) == survey.release.chart_digest
    )
    return Planned(survey=survey, case=case, judged=judge(case), there=there)


def _has_acted(around: Around, survey: Survey, begun: Entry) -> bool:
    """Whether the cluster shows that its effects have begun.

    The ledger's word for that is no gate: every person may write that something has begun.
    """
    state = around.releases.state(survey.target)
    return bool(
        state
        and state.revision > number_of(begun.event, "live")
        and chart_of(state.values) == survey.release.chart_digest
    )


def _recorded(around: Around, planned: Planned, request: Request) -> None:
    """An emergency that goes on where a promotion was left is recorded, unless its beginning has done so."""
    if not request.emergency:
        return
    emergency, _ = _beginning(around, planned, request)
    if not any(
        (each.event.kind, each.event.environment, each.event.plan)
        == ("emergency", emergency.environment, emergency.plan)
        for each in planned.case.history
    ):
        note(around.ledger, emergency)
    _loud(around, planned, request)


def _require(around: Around, planned: Planned, begun: Entry | None = None) -> None:
    """Raise `Refused` unless every gate is open; a soak begins when its arrival is first seen, so now."""
    new = unseen(planned.case)
    release, where = planned.survey.release, planned.survey.environment.name
    if new and planned.case.asker.role in ("person", "release"):
        seen = event_of(around, release, "seen", "", details={"commits": list(new)})
        note(around.ledger, seen)
    closed = planned.judged.closed
    if not closed:
        return
    reason = "; ".join(f"{each.gate}: {each.reason}" for each in closed)[:2000]
    plan_, ended = planned.survey.plan.digest, {"begun": begun.commit} if begun else {}
    note(
        around.ledger,
        event_of(around, release, "refused", where, reason=reason, plan=plan_, details=ended),
    )
    raise refusal(planned)


def _beginning(around: Around, planned: Planned, request: Request) -> list[Event]:
    """What is written before the first effect: whoever writes it first promotes, nobody else."""
    survey = planned.survey
    where = survey.environment.name
    events = []
    if request.emergency:
        past = [f"{each.gate}: {each.reason}" for each in planned.judged.passed]
        events.append(
            event_of(
                around,
                survey.release,
                "emergency",
                where,
                reason=request.reason,
                plan=survey.plan.digest,
                details={"past": past},
            )
        )
    details = {
        "stage": BEGUN,
        "holder": around.holder,
        "until": around.clock(()).now + around.timeout + GRACE,
        "live": survey.live.revision,
    } | ({"change": request.change} if request.change else {})
    events.append(
        event_of(
            around,
            survey.release,
            "requested",
            where,
            reason=request.reason,
            plan=survey.plan.digest,
            details=details,
        )
    )
    return events


def _after(around: Around, planned: Planned, begun: Entry) -> Planned:
    """Where a beginning was left behind: the same goes on from it, another one ends it first."""
    if lives(around, begun):
        release, where = planned.survey.release, planned.survey.environment.name
        error = busy(begun)
        note(around.ledger, event_of(around, release, "refused", where, reason=error.faults[0].problem))
        raise error
    if _same(begun, planned.survey.release):
        around.say(f"a promotion of {begun.event.version} was left half done: it goes on")
        return planned
    around.say(f"a promotion of {begun.event.version} was left half done, and ends here")
    history = note(around.ledger, abandoned(around, begun))
    survey, case = planned.survey, planned.case
    return _planned(around, survey, history, case.common, case.request)


def abandoned(around: Around, begun: Entry) -> Event:
    """The end of what nobody ended."""
    return replace(
        begun.event,
        kind="failed",
        at=around.clock(()).now,
        platform=around.commit,
        reason="was begun, and left half done",
        plan="",
        details={"begun": begun.commit},
    )


def _same(begun: Entry, release: Release) -> bool:
    event = begun.event
    return (
        event.version == release.version
        and event.digests.chart == release.chart_digest
        and not event.details.get("back")
    )


def _still_may(around: Around, planned: Planned, begun: Entry | None) -> None:
    """Freezes and holds are asked again right before the effect."""
    survey = planned.survey
    history, common = read(around.ledger, survey.release.team, survey.release.name)
    case = case_of(around, survey, history, common, planned.case.request)
    closed: tuple[Verdict, ...] = stopped(case)
    if planned.case.request.emergency:
        closed = tuple(each for each in closed if each.hard)
    if not closed:
        return
    commit = begun.commit if begun else underway_commit(history, survey.environment.name)
    reason = "; ".join(each.reason for each in closed)
    ended = {"begun": commit}
    note(
        around.ledger,
        event_of(around, survey.release, "refused", survey.environment.name, reason=reason, details=ended),
    )
    raise Refused(*(Fault(f"gate-{each.gate}", each.reason) for each in closed))


def _at_it(around: Around, planned: Planned, arrival: Entry) -> bool:
    """Whether whoever brought it there is still at work: the proof is theirs."""
    commit = arrival.event.details.get("begun")
    begun = next((each for each in planned.case.history if each.commit == commit), None)
    return begun is not None and lives(around, begun)


def lives(around: Around, begun: Entry) -> bool:
    """Whether who has begun may still be at it: on another machine until its time is over."""
    details = begun.event.details
    alive = around.alive(str(details.get("holder", "")))
    return alive or (alive is None and around.clock(()).now <= number_of(begun.event, "until"))


def underway_commit(history: History, environment: str) -> str:
    """The commit of what has begun in an environment, or empty."""
    begun = underway(history, environment)
    return begun.commit if begun else ""


def _loud(around: Around, planned: Planned, request: Request) -> None:
    if request.emergency:
        around.say(f"EMERGENCY: {request.reason}")
        for each in planned.judged.passed:
            around.say(f"EMERGENCY: goes past {each.gate}: {each.reason}")


def _proven(around: Around, planned: Planned) -> Did:
    """What runs already is only proven, where that was not done."""
    survey = planned.survey
    found = living(planned.case.history, survey.environment.name)
    if found and not verified(planned.case.history, found) and not _at_it(around, planned, found):
        return prove(around, survey)
    where = f"{survey.environment.name} (namespace {survey.target.namespace})"
    return Did(f"{survey.release.name} {survey.release.version} runs already in {where}", acted=False)
