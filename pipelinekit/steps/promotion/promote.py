"""Promote a recorded release: judged, begun by whoever is first, carried out, its end recorded."""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.errors import Refused, refused
from pipelinekit.model.ledger import NO, Entry, Event, History, Kind, Writer
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Judgement, Release, Request, Verdict
from pipelinekit.plan.chartvalues import chart_of
from pipelinekit.plan.gates.case import Case
from pipelinekit.plan.gates.judge import judge
from pipelinekit.plan.gates.nextstep import faults
from pipelinekit.plan.gates.records import living, verified
from pipelinekit.plan.promotion import busy, choose, underway
from pipelinekit.records import dataclass
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.deploying.deployment import RUNNING
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
from pipelinekit.steps.promotion.looks import byhand
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.looks.survey import Survey, look
from pipelinekit.steps.promotion.soaks import see


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A promotion as it stands: what it is, what the gates say, and whether it is there already."""

    survey: Survey
    case: Case
    judged: Judgement
    there: bool
    goes_on: bool = False
    """Whether it was left half done with its effects begun: then it goes on, and no gate is asked."""
    hands: tuple[str, ...] = ()
    """What hands have changed of it where it is what the ledger has there: promoting it puts that back."""

    @property
    def closed(self) -> tuple[Verdict, ...]:
        """The gates that stop it; of what is there or goes on none does."""
        return () if self.there or self.goes_on else self.judged.closed


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
    for each in planned.hands:
        around.say(f"changed by hand in {environment.name}: {each}")
    for _ in range(TRIES):
        taken, acted = require(around, planned)
        events = _beginning(around, planned, request, taken, acted=acted)
        # One write: ended before every gate was open, it would end for who may not promote.
        ended = None if taken else underway(planned.case.history, planned.survey.environment.name)
        before = [abandoned(around, ended)] if ended else []
        there = settle(around.ledger, planned.case.history, [*before, *events])
        if there:
            if ended:
                around.say(f"a promotion of {ended.event.version} was left half done, and ends here")
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


def require(around: Around, planned: Planned) -> tuple[Entry | None, bool]:
    """Raise `Refused` unless it may begin now, or go on from what was left half done; what of it was
    left, and whether the cluster shows its effects.
    """
    begun = underway(planned.case.history, planned.survey.environment.name)
    if begun:
        _require_left(around, planned, begun)
    taken = begun if begun and same(begun, planned.survey.release) else None
    if not planned.goes_on:
        _require_open(around, planned, taken)
    return taken, planned.goes_on


def answer(around: Around, planned: Planned, reason: str, *, refuse: bool = False) -> History:
    """Sign its plan, or with `refuse` a no to it; the release's branch then."""
    plan_ = planned.survey.plan
    kind: Kind = "refused" if refuse else "approved"
    told = {"plan": plan_.digest, "reason": reason}
    details = {"parts": dict(plan_.parts), **({"answer": NO} if refuse else {})}
    given = event_of(around, planned.survey.release, kind, plan_.environment, **told, details=details)
    return note(around.ledger, given)


def seen(around: Around, planned: Planned) -> Planned:
    """The same once it is said in the ledger what has arrived in the environment before: its soak counts."""
    case = see(around, planned.case)
    return planned if case is planned.case else replace(planned, case=case, judged=judge(case))


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
    installed = bool(
        found
        and state
        and state.status == RUNNING
        and found.event.version == survey.release.version
        and found.event.digests.chart == survey.release.chart_digest
        and chart_of(state.values) == survey.release.mark
        and _runs_whole(around, survey)
    )
    hands = byhand.changed(around, survey, state) if installed and state else ()
    if hands:
        survey = replace(survey, notes=(*survey.notes, *(f"puts back: {each}" for each in hands)))
    there = installed and not hands
    begun = None if there else underway(history, survey.environment.name)
    if begun and lives(around, begun, history):
        # Whoever looks or is asked for an approval now would hear of it only when they promote.
        survey = replace(
            survey, notes=(*survey.notes, f"nothing else begins: {busy(begun).faults[0].problem}")
        )
    goes_on = begun is not None and same(begun, survey.release) and has_acted(around, survey, begun)
    return Planned(survey=survey, case=case, judged=judge(case), there=there, goes_on=goes_on, hands=hands)


def _runs_whole(around: Around, survey: Survey) -> bool:
    """Whether all of a component is there; of an application its chart says so."""
    if not survey.release.is_component:
        return True
    from pipelinekit.steps.promotion import component

    return component.runs(around, survey)


def _require_open(around: Around, planned: Planned, begun: Entry | None = None) -> None:
    """Raise `Refused` unless every gate is open; a soak begins when its arrival is first seen, so now."""
    planned = seen(around, planned)
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


def _require_left(around: Around, planned: Planned, begun: Entry) -> None:
    """Raise `Refused` while who has begun may still be at it."""
    release, where = planned.survey.release, planned.survey.environment.name
    if lives(around, begun, planned.case.history):
        error = busy(begun)
        note(around.ledger, event_of(around, release, "refused", where, reason=error.faults[0].problem))
        raise error
    if same(begun, release):
        around.say(f"a promotion of {begun.event.version} was left half done: it goes on")


def _still_may(around: Around, planned: Planned) -> None:
    """Every gate is asked again right before the effect: what stands on the platform's branch, like a freeze
    or the revocation of a key that has approved, kept nobody from writing that it begins."""
    survey = planned.survey
    history, common = read(around.ledger, survey.release.team, survey.release.name)
    case = case_of(around, survey, history, common, planned.case.request)
    closed = judge(case).closed
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
