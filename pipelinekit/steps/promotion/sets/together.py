"""A release set as it stands: the plan of each member, their order, and what all gates say at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipelinekit.errors import DocumentInvalid, Fault, PipelinekitError, Refused
from pipelinekit.model.ledger import NO, PLATFORM, Entry, Event, History, Kind
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Request, SetMember, SetPlan
from pipelinekit.model.releaseset.document import ReleaseSet
from pipelinekit.plan.gates.expected import told
from pipelinekit.plan.gates.judge import judge
from pipelinekit.plan.gates.together import moved
from pipelinekit.plan.releaseset.order import in_order
from pipelinekit.plan.releaseset.record import NOT_BEGUN, THERE, Part, Record, record_of
from pipelinekit.records import dataclass
from pipelinekit.steps.promotion import promote as promotion
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.promote import Planned, refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """A set before an environment, callee first; `common` is the platform's branch as it was read first."""

    members: tuple[Planned, ...]
    plan: SetPlan
    common: History
    moved: str = ""
    """That it is another plan than the expected one, or empty."""

    @property
    def there(self) -> bool:
        """Whether all of it runs there already."""
        return all(each.there for each in self.members)

    @property
    def missing(self) -> tuple[Planned, ...]:
        """The members that are still to come."""
        return tuple(each for each in self.members if not each.there)

    @property
    def record(self) -> Record:
        """What the ledger is told of it before anything has begun."""
        return Record(name=self.plan.name, parts=tuple(_parts(self.members)))

    @property
    def unexpected(self) -> tuple[Fault, ...]:
        """That it is another plan than the expected one, as an error."""
        hint = f"look at it again: `pipelinekit promote --set FILE --to {self.plan.environment} --plan`"
        what = f"the set {self.plan.name} may not go to {self.plan.environment}"
        return (Fault("gate-plan", f"{what}: {self.moved}", hint=hint),) if self.moved else ()

    def refusal(self) -> Refused | None:
        """Every closed gate of every member that is still to come and does not go on from where it was."""
        faults = [fault for each in self.missing if each.closed for fault in refusal(each).faults]
        faults += self.unexpected
        return Refused(*faults) if faults else None


def plan(around: Around, chosen: ReleaseSet, environment: Environment, request: Request) -> Together:
    """What promoting a set would do and whether it may; changes nothing.

    Each member has its team. Raises `DocumentInvalid` with every version that nobody knows, `Refused` with
    all else that the ledger lacks or with every circle of calls; where something else failed, as that.
    """
    common = around.ledger.history(PLATFORM)
    # What is expected is a digest over all of them, and no member's.
    expect, request = request.expect, replace(request, expect="")
    planned, faults, ended = list[Planned](), list[Fault](), list[type[PipelinekitError]]()
    for each in chosen.members:
        try:
            planned.append(promotion.plan(around, each.team, each.name, each.version, environment, request))
        except PipelinekitError as error:
            # What the set does not say, like an address without TLS, is no fault of the set.
            mistyped = any(fault.code == "version-unknown" for fault in error.faults)
            place = each.places[1] if each.places and mistyped else None
            faults += (replace(fault, place=fault.place or place) for fault in named(str(each), error))
            ended.append(DocumentInvalid if mistyped else type(error))
    if faults:
        # A cluster that does not answer is no refusal, whatever the ledger lacks beside it.
        kinds = sorted(ended, key=lambda each: (issubclass(each, Refused), issubclass(each, DocumentInvalid)))
        raise kinds[0](*faults)
    order = [(each.team, each.name) for each in in_order([x.survey.app for x in planned], around.platform)]
    planned.sort(key=lambda each: order.index((each.survey.release.team, each.survey.release.name)))
    whole = SetPlan(
        name=chosen.name,
        environment=environment.name,
        members=tuple(SetMember(plan=each.survey.plan, there=each.there or each.goes_on) for each in planned),
    )
    lines = moved(whole, common, expect) if expect else None
    return Together(
        members=tuple(_as_member(each, whole) for each in planned),
        plan=whole,
        common=common,
        moved="" if lines is None else told(whole.digest, expect, lines),
    )


def named(member: str, error: PipelinekitError) -> Iterator[Fault]:
    """The faults of an error, each with the member that it is of."""
    for each in error.faults:
        yield replace(each, problem=f"{member}: {each.problem}")


def event_of(around: Around, together: SetPlan, kind: Kind, **fields: Any) -> Event:
    """An event about a set, now; it stands on the platform's branch."""
    return Event(
        kind=kind,
        environment=together.environment,
        at=around.clock(()).now,
        platform=around.commit,
        plan=together.digest,
        **fields,
    )


def approval(around: Around, whole: SetPlan, reason: str) -> Event:
    """What approves a set: its digest, and of each member the plan that it is of."""
    members = [
        {
            "application": each.application,
            "version": each.plan.version,
            "plan": each.plan.digest,
            "parts": dict(each.plan.parts),
        }
        for each in whole.members
    ]
    details = {"set": whole.name, "members": members}
    return event_of(around, whole, "approved", reason=reason, details=details)


def objection(around: Around, whole: SetPlan, reason: str) -> Event:
    """What says no to a set."""
    return event_of(around, whole, "refused", reason=reason, details={"set": whole.name, "answer": NO})


def is_same(left: Entry, found: Together) -> bool:
    """Whether what was left half done is this set."""
    known = record_of(left.event)
    return known is not None and (known.name, known.releases) == (found.record.name, found.record.releases)


def _as_member(planned: Planned, whole: SetPlan) -> Planned:
    """Judged again, with the approvals of the whole set."""
    case = replace(planned.case, request=replace(planned.case.request, together=whole))
    return replace(planned, case=case, judged=judge(case))


def _parts(members: Sequence[Planned]) -> Iterator[Part]:
    for each in members:
        plan_ = each.survey.plan
        yield Part(
            application=f"{plan_.team}/{plan_.name}",
            version=plan_.version,
            plan=plan_.digest,
            before=each.survey.live.version,
            end=THERE if each.there else NOT_BEGUN,
        )
