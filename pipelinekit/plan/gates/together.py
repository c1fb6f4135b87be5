"""Approvals of a whole release set: of the plan of each member, and void when any of them changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.model.ledger import Entry, Event, History
from pipelinekit.model.promotion import PromotionPlan, SetMember, SetPlan, set_digest
from pipelinekit.plan.gates.case import Case
from pipelinekit.records import dataclass

ANSWERED = "plans"
"""Where a no tells the members that it is of: what has `members` is the record of a set."""


@dataclass(frozen=True, slots=True)
class Told:
    """A member as an event of a set tells it."""

    version: str
    plan: str
    parts: Mapping[str, Any]


def members_of(details: Mapping[str, Any]) -> dict[str, Told]:
    """The members by `team/name`; what is none is left out, since details have no form that is checked."""
    listed = details.get("members")
    found = {}
    for each in listed if isinstance(listed, list | tuple) else ():
        if isinstance(each, Mapping):
            parts = each.get("parts")
            found[str(each.get("application", ""))] = Told(
                str(each.get("version", "")),
                str(each.get("plan", "")),
                parts if isinstance(parts, Mapping) else {},
            )
    return found


def given(case: Case) -> Iterator[tuple[Entry, str]]:
    """The approvals of the set as which it is promoted, each with why it is void, or empty."""
    asked = case.request.together
    if asked is None:
        return
    for each in case.common:
        event = each.event
        here = (event.environment, event.details.get("set")) == (case.environment.name, asked.name)
        if event.kind == "approved" and here:
            yield each, _void(event, asked, case.plan)


def is_of(case: Case, objection: Event) -> bool:
    """Whether a no is to the set as which it is promoted, with each plan that is still to come as it is."""
    asked = case.request.together
    here = (objection.environment, objection.details.get("set"))
    if asked is None or here != (case.environment.name, asked.name):
        return False
    told = members_of({"members": objection.details.get(ANSWERED)})
    return not _other_plan(objection.plan, told, asked, case.plan)


def moved(wanted: SetPlan, common: History, expect: str, shown: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The lines in which a set is another than the expected one, as far as anybody can tell; None: it is it.

    Of one that is known, approved or begun in the ledger or kept when it was `shown`, only what is still to
    come counts.
    """
    if wanted.digest == expect:
        return None
    answered = (each.details for each in reversed(common.events) if each.plan == expect)
    for told in map(members_of, (shown, *answered)):
        if _digest(wanted, told) != expect:
            continue
        changed = _other(told, wanted) or [
            line for x in wanted.members for line in _changed(x, told[x.application], x.plan)
        ]
        return tuple(changed) or None
    return ()


def asked(case: Case) -> Iterator[Entry]:
    """The entries by which somebody has asked for a set that has this release."""
    application = f"{case.release.team}/{case.release.name}"
    for each in case.common:
        event = each.event
        if event.kind in ("requested", "refused") and event.environment == case.environment.name:
            told = members_of(event.details).get(application)
            if told and told.version == case.release.version:
                yield each


def _void(event: Event, wanted: SetPlan, plan: PromotionPlan) -> str:
    return _other_plan(event.plan, members_of(event.details), wanted, plan)


def _other_plan(digest: str, told: Mapping[str, Told], wanted: SetPlan, plan: PromotionPlan) -> str:
    if digest != _digest(wanted, told):
        return "it is not of what it says"
    other = _other(told, wanted)
    if other:
        return f"it is of another set ({'; '.join(other)})"
    changed = [line for each in wanted.members for line in _changed(each, told[each.application], plan)]
    return f"it is of another plan ({'; '.join(changed)})" if changed else ""


def _digest(wanted: SetPlan, told: Mapping[str, Told]) -> str:
    """The digest of these members as a set of that name, in that environment."""
    rows = [(name, each.version, each.plan) for name, each in told.items()]
    return set_digest(wanted.name, wanted.environment, rows)


def _other(told: Mapping[str, Told], wanted: SetPlan) -> list[str]:
    versions = {each.application: each.plan.version for each in wanted.members}
    names = [*versions, *(each for each in told if each not in versions)]
    pairs = ((each, told[each].version if each in told else "nothing") for each in names)
    return [
        f"{name}: {old} → {versions.get(name, 'nothing')}" for name, old in pairs if old != versions.get(name)
    ]


def _changed(member: SetMember, told: Told, mine: PromotionPlan) -> list[str]:
    """What differs from what was approved; a member that is there is no plan any more."""
    plan = mine if (mine.team, mine.name) == (member.plan.team, member.plan.name) else member.plan
    if member.there or plan.digest == told.plan:
        return []
    # Whoever may write could name any plan beside any lines.
    true = replace(plan, version=told.version, parts=told.parts).digest == told.plan
    lines = (plan.changed(told.parts) if true else ()) or ("another plan",)
    return [f"{member.application}: {each}" for each in lines]
