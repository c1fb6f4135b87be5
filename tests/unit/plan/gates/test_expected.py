"""A plan that is named by its digest: it is that one, or the line that is another is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.model.promotion import Request, Verdict
from pipelinekit.plan.gates import expected
from pipelinekit.plan.gates.case import Case
from pipelinekit.plan.gates.judge import judge
from tests.promotions import World, event, person, plan


def of(case: Case, digest: str, **request: object) -> Verdict:
    """What the gate says to whoever expects that digest."""
    asked = replace(case, request=Request(expect=digest, **request))  # type: ignore[arg-type]
    (said,) = (each for each in judge(asked).verdicts if each.gate == "plan")
    return said


def test_who_expects_nothing_is_asked_nothing() -> None:
    assert not any(each.gate == "plan" for each in judge(World().case()).verdicts)


def test_the_plan_that_was_looked_at_may_come() -> None:
    case = World().case()
    assert of(case, case.plan.digest).open


@pytest.mark.parametrize("part", ["image", "chart", "values", "gates"])
def test_the_line_that_is_another_is_told_of_a_plan_that_somebody_has_answered(part: str) -> None:
    world = World()
    world.approve(person("carl"), **{part: "old"})
    case = world.case()
    said = of(case, plan(**{part: "old"}).digest)
    assert (said.open, said.hard) == (False, True)
    assert said.reason.endswith(f"({part}: old → {case.plan.parts[part]})")
    assert said.reason.startswith(f"the plan is {case.plan.digest} now, not sha256:")


@pytest.mark.parametrize(
    "before", ["1.2.2, revision 3", "nothing", "unknown, revision 4", "1.2.2, revision 0"]
)
def test_what_ran_there_when_nobody_had_answered_yet_is_found_out(before: str) -> None:
    said = of(World().case(), plan(live=before).digest)
    known = before != "1.2.2, revision 0"
    wanted = f"(live: {before} → 1.2.2, revision 4)" if known else f"({expected.UNKNOWN})"
    assert said.reason.endswith(wanted)


def test_another_version_is_told_as_that() -> None:
    world = World()
    earlier = plan("1.2.2")
    told = event("approved", "1.2.2", "production", plan=earlier.digest, details={"parts": earlier.parts})
    world.say(person("carl"), told)
    assert of(world.case(), earlier.digest).reason.endswith("(version: 1.2.2 → 1.2.3)")


@pytest.mark.parametrize("part", ["image", "chart", "values", "gates"])
def test_the_line_that_is_another_is_told_of_a_plan_that_was_kept_when_it_was_shown(part: str) -> None:
    case, earlier = World().case(), plan(**{part: "old"})
    said = of(case, earlier.digest, shown={"version": earlier.version, "parts": earlier.parts})
    assert not said.open
    assert said.reason.endswith(f"({part}: old → {case.plan.parts[part]})")


def test_a_later_version_that_came_since_the_plan_was_shown_is_told_as_that() -> None:
    earlier = plan("1.2.2")
    said = of(World().case(), earlier.digest, shown={"version": "1.2.2", "parts": earlier.parts})
    assert said.reason.endswith("(version: 1.2.2 → 1.2.3)")


@pytest.mark.parametrize("shown", [{}, {"version": 1, "parts": []}, {"parts": {"image": "x"}}])
def test_what_was_kept_of_another_plan_tells_nothing(shown: dict[str, object]) -> None:
    said = of(World().case(), plan(image="old").digest, shown=shown)
    assert (said.open, said.reason.endswith(f"({expected.UNKNOWN})")) == (False, True)


@pytest.mark.parametrize("parts", [{}, {"image": "x"}, "text"])
def test_lines_that_a_digest_is_not_of_are_told_to_nobody(parts: object) -> None:
    world = World()
    digest = plan(image="old").digest
    world.say(person("eve"), event("approved", "1.2.3", "production", plan=digest, details={"parts": parts}))
    assert of(world.case(), digest).reason.endswith(f"({expected.UNKNOWN})")


def test_no_emergency_goes_past_what_it_says_itself() -> None:
    case = replace(World(asker=person("ann", "sre")).case(), request=Request(expect="sha256:0"))
    asked = replace(case.request, emergency=True, reason="down")
    assert [each.gate for each in judge(replace(case, request=asked)).closed] == ["plan"]
