from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.ledger import Event
from pipelinekit.model.promotion import Request, SetMember, SetPlan
from pipelinekit.plan.gates import approvals
from pipelinekit.plan.gates.together import asked, given, members_of
from tests.promotions import NAME, TEAM, World, person, plan

STOCK = replace(plan("3.0.0"), name="stock")


def whole(*, there: bool = False, **stock: str) -> SetPlan:
    changed = replace(STOCK, parts={**STOCK.parts, **stock})
    members = (SetMember(plan=changed, there=there), SetMember(plan=plan()))
    return SetPlan(name="checkout", environment="production", members=members)


def told(approved: SetPlan, kind: str = "approved") -> Event:
    members = [
        {
            "application": each.application,
            "version": each.plan.version,
            "plan": each.plan.digest,
            "parts": dict(each.plan.parts),
        }
        for each in approved.members
    ]
    details = {"set": approved.name, "members": members}
    return Event(kind=kind, environment="production", plan=approved.digest, details=details)  # type: ignore[arg-type]


def voids(approved: SetPlan, now: SetPlan) -> list[str]:
    world = World(request=Request(together=now))
    world.say(person("ann"), told(approved))
    return [void for _, void in given(world.case())]


def test_an_approval_of_the_set_covers_its_member() -> None:
    assert voids(whole(), whole()) == [""]


def test_a_changed_plan_of_another_member_voids_it_and_the_line_is_told() -> None:
    assert voids(whole(), whole(image="j")) == ["it is of another plan (payments/stock: image: i → j)"]


def test_lines_that_are_not_of_the_plan_beside_them_are_told_to_nobody() -> None:
    """Whoever may write could put any lines beside a digest, and a reader would look in the wrong place."""
    approved = told(whole())
    members = [{**each, "parts": {"image": "forged"}} for each in approved.details["members"]]
    world = World(request=Request(together=whole(image="j")))
    world.say(person("ann"), replace(approved, details={**approved.details, "members": members}))
    ((_, void),) = given(world.case())
    assert void == "it is of another plan (payments/stock: another plan)"


def test_a_member_that_is_there_is_no_plan_any_more() -> None:
    assert voids(whole(), whole(there=True, live="3.0.0, revision 5")) == [""]


def test_without_a_set_none_is_asked() -> None:
    world = World()
    world.say(person("ann"), told(whole()))
    assert list(given(world.case())) == []


def test_who_asked_for_the_set_has_asked_for_its_member() -> None:
    world = World()
    world.say(person("ann"), told(whole(), "refused"))
    (found,) = asked(world.case())
    assert found.writer == person("ann")
    world.version = "1.2.2"
    assert list(asked(world.case())) == []


def test_what_has_no_form_has_no_members() -> None:
    assert members_of({"members": "x"}) == {}
    odd = {"members": [1, {"application": f"{TEAM}/{NAME}", "parts": 3}]}
    assert members_of(odd)[f"{TEAM}/{NAME}"].parts == {}


def test_a_no_to_the_rest_of_a_set_takes_back_a_yes_to_all_of_it() -> None:
    """What has come meanwhile makes it another digest; the yes still counts then, and so does the no."""
    rest = whole(there=True, live="3.0.0, revision 5")
    assert rest.digest != whole().digest
    world = World(request=Request(together=rest))
    world.say(person("carl"), told(whole()))
    assert "carl" in counted(world)
    world.say(person("carl"), no(rest))
    assert "carl" not in counted(world)
    world.say(person("carl"), told(rest))
    assert "carl" in counted(world)


def test_a_no_to_another_plan_of_a_set_takes_back_no_yes() -> None:
    world = World(request=Request(together=whole()))
    world.say(person("carl"), told(whole()))
    for other in (whole(image="j"), replace(whole(), name="another")):
        world.say(person("carl"), no(other))
    world.say(person("bob"), no(whole()))
    assert "carl" in counted(world)


def no(answered: SetPlan) -> Event:
    """What `approve --set --refuse` writes."""
    details = {"set": answered.name, "answer": "no", "plans": told(answered).details["members"]}
    return replace(told(answered, "refused"), details=details)


def counted(world: World) -> str:
    """Whose approvals count, in words."""
    (said,) = (each for each in approvals.judge(world.case()) if each.gate == "approvals")
    return said.reason.partition("(")[2].partition(")")[0]
