"""Promote a recorded release: judged, begun by whoever is first, carried out, its end recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelinekit.errors import Refused, refused
from pipelinekit.model.ledger import Entry, Event, History, Kind, Writer
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Judgement, Release, Request, Verdict
from pipelinekit.plan.chartvalues import chart_of
from pipelinekit.plan.gates.approvals import NO
from pipelinekit.plan.gates.case import Case
from pipelinekit.plan.gates.judge import judge, stopped
from pipelinekit.plan.gates.nextstep import faults
from pipelinekit.plan.gates.order import unseen
from pipelinekit.plan.gates.records import living, verified
from pipelinekit.plan.promotion import busy, choose, underway
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.deploying.deployment import RUNNING
from pipelinekit.steps.promotion.around import Around
from pipelinekit.steps.promotion.books import TRIES, event_of, note, read, settle
from pipelinekit.steps.promotion.effects import Deed, carry_out, prove
from pipelinekit.steps.promotion.leftover import (
    abandoned,
    at_it,
    hands,
    has_acted,
    lives,
    same,
    underway_commit,
)
from pipelinekit.steps.promotion.survey import Survey, look


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
    return _planned(around, _looked(around, history, release, environment), history, common, request)


def unasked(planned: Planned) -> Planned:
    """The same for whoever looks at it or answers: they have asked for nothing by that."""
    case = replace(planned.case, asker=Writer(role="embedded"))
    return replace(planned, case=case, judged=judge(case))


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
        planned, taken, acted = require(around, planned)
        events = _beginning(around, planned, request, taken, acted=acted)
        there = settle(around.ledger, planned.case.history, events)
        if there:
            if not acted:
                _loud(around, planned, request)
                _still_may(around, planned)
            deed = Deed(begun=there.entries[-1].commit, kind="promoted")
            return planned, carry_out(around, planned.survey, deed)
        # Somebody has written meanwhile: a gate, or the same promotion. All of it is judged again.
        planned = plan(around, team, name, planned.survey.release.version, environment, request)
        if planned.there:
            return planned, (_proven(around, planned),)
    raise refused("promotion-underway", "the ledger did not stand still", hint="try again")


def require(around: Around, planned: Planned) -> tuple[Planned, Entry | None, bool]:
    """Raise `Refused` unless it may begin now, or go on from what was left half done, which ends where it is
    another one; the promotion then, what of it was left, and whether the cluster shows its effects.
    """
    begun = underway(planned.case.history, planned.survey.environment.name)
    planned = _after(around, planned, begun) if begun else planned
    taken = begun if begun and same(begun, planned.survey.release) else None
    acted = taken is not None and has_acted(around, planned.survey, taken)
    if not acted:
        _require_open(around, planned, taken)
    return planned, taken, acted


def answer(around: Around, planned: Planned, reason: str, *, refuse: bool = False) -> History:
    """Sign its plan, or with `refuse` a no to it; the release's branch then."""
    plan_ = planned.survey.plan
    kind: Kind = "refused" if refuse else "approved"
    told = {"plan": plan_.digest, "reason": reason}
    details = {"parts": dict(plan_.parts), **({"answer": NO} if refuse else {})}
    given = event_of(around, planned.survey.release, kind, plan_.environment, **told, details=details)
    return note(around.ledger, given)


def see(around: Around, planned: Planned) -> None:
    """Say in the ledger that what has arrived in the environment before is there: its soak begins."""
    new = unseen(planned.case)
    if new and planned.case.asker.role in ("person", "release"):
        release = planned.survey.release
        note(around.ledger, event_of(around, release, "seen", "", details={"commits": list(new)}))


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
    return Refused(*faults(planned.case, planned.judged.closed, what))


def _looked(around: Around, history: History, release: Release, environment: Environment) -> Survey:
    if release.is_component:
        # What rolls components out is half as much again, and most promotions are of applications.
        from pipelinekit.steps.promotion import component

        return component.look(around, history, release, environment)
    return look(around, history, release, environment)


def _planned(around: Around, survey: Survey, history: History, common: History, request: Request) -> Planned:
    case = case_of(around, survey, history, common, request)
    found = living(history, survey.environment.name)
    state = around.releases.state(survey.target) if found else None
    there = bool(
        found
        and state
        and state.status == RUNNING
        and found.event.version == survey.release.version
        and found.event.digests.chart == survey.release.chart_digest
        and chart_of(state.values) == survey.release.mark
        and _runs_whole(around, survey)
    )
    return Planned(survey=survey, case=case, judged=judge(case), there=there)


def _runs_whole(around: Around, survey: Survey) -> bool:
    """Whether all of a component is there; of an application its chart says so."""
    if not survey.release.is_component:
        return True
    from pipelinekit.steps.promotion import component

    return component.runs(around, survey)


def _require_open(around: Around, planned: Planned, begun: Entry | None = None) -> None:
    """Raise `Refused` unless every gate is open; a soak begins when its arrival is first seen, so now."""
    see(around, planned)
    release, where = planned.survey.release, planned.survey.environment.name
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


def _beginning(
    around: Around, planned: Planned, request: Request, taken: Entry | None, *, acted: bool
) -> list[Event]:
    """What is written before the first effect: whoever writes it first promotes, nobody else.

    Who takes up what was left writes it as well. An emergency is told with it, once.
    """
    survey, plan_ = planned.survey, planned.survey.plan.digest
    where = survey.environment.name
    events = []
    if request.emergency and not acted and not (taken and _is_told(planned)):
        past = [f"{each.gate}: {each.reason}" for each in planned.judged.passed]
        told = {"reason": request.reason, "plan": plan_, "details": {"past": past}}
        events.append(event_of(around, survey.release, "emergency", where, **told))
    details = hands(around, survey, planned.case.common, taken) | (
        {"change": request.change} if request.change else {}
    )
    reason = request.reason or (taken.event.reason if taken else "")
    events.append(
        event_of(around, survey.release, "requested", where, reason=reason, plan=plan_, details=details)
    )
    return events


def _is_told(planned: Planned) -> bool:
    """Whether an emergency of this very plan stands there."""
    wanted = ("emergency", planned.survey.environment.name, planned.survey.plan.digest)
    return any(
        (each.event.kind, each.event.environment, each.event.plan) == wanted for each in planned.case.history
    )


def _after(around: Around, planned: Planned, begun: Entry) -> Planned:
    """Where a beginning was left behind: the same goes on from it, another one ends it first."""
    if lives(around, begun, planned.case.history):
        release, where = planned.survey.release, planned.survey.environment.name
        error = busy(begun)
        note(around.ledger, event_of(around, release, "refused", where, reason=error.faults[0].problem))
        raise error
    if same(begun, planned.survey.release):
        around.say(f"a promotion of {begun.event.version} was left half done: it goes on")
        return planned
    around.say(f"a promotion of {begun.event.version} was left half done, and ends here")
    note(around.ledger, abandoned(around, begun))
    # Read anew and in this order: what others have begun meanwhile stands on a newer platform's branch.
    survey = planned.survey
    history, common = read(around.ledger, survey.release.team, survey.release.name)
    return _planned(around, survey, history, common, planned.case.request)


def _still_may(around: Around, planned: Planned) -> None:
    """Freezes and holds are asked again right before the effect."""
    survey = planned.survey
    history, common = read(around.ledger, survey.release.team, survey.release.name)
    case = case_of(around, survey, history, common, planned.case.request)
    closed: tuple[Verdict, ...] = stopped(case)
    if planned.case.request.emergency:
        closed = tuple(each for each in closed if each.hard)
    if not closed:
        return
    reason = "; ".join(each.reason for each in closed)
    ended = {"begun": underway_commit(history, survey.environment.name)}
    note(
        around.ledger,
        event_of(around, survey.release, "refused", survey.environment.name, reason=reason, details=ended),
    )
    raise Refused(*faults(case, closed))


def _loud(around: Around, planned: Planned, request: Request) -> None:
    if request.emergency:
        around.say(f"EMERGENCY: {request.reason}")
        for each in planned.judged.passed:
            around.say(f"EMERGENCY: goes past {each.gate}: {each.reason}")


def _proven(around: Around, planned: Planned) -> Did:
    """What runs already is only proven, where that was not done."""
    survey = planned.survey
    found = living(planned.case.history, survey.environment.name)
    if found and not verified(planned.case.history, found) and not at_it(around, planned.case.history, found):
        return prove(around, survey)
    where = f"{survey.environment.name} (namespace {survey.target.namespace})"
    return Did(f"{survey.release.name} {survey.release.version} runs already in {where}", acted=False)
