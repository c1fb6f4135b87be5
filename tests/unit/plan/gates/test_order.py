from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.plan.gates import order
from pipelinekit.plan.gates.judge import judge
from tests import promotions
from tests.promotions import JENKINS, NOW, PIPELINE, World, event


def test_what_was_in_the_environment_before_verified_and_long_enough_may_go_on() -> None:
    world = World()
    assert world.closed() == []
    assert [each.gate for each in judge(world.case()).verdicts][:3] == ["order", "verified", "soak"]


def test_what_was_never_there_is_told_by_all_three() -> None:
    world = World(version="1.2.2")
    assert [each for each in world.closed() if not each.startswith("approvals")] == [
        "order: 1.2.2 has not been in staging",
        "verified: nothing of 1.2.2 is proven in staging",
        "soak: it must be 1 h in staging",
    ]


def test_another_chart_of_the_same_version_has_not_been_there() -> None:
    world = World()
    case = replace(world.case(), release=replace(promotions.release(), chart_digest="sha256:other"))
    assert order.arrived(case) is None


def test_tests_that_passed_before_it_arrived_again_prove_nothing() -> None:
    world = World()
    world.say(JENKINS, event("promoted", environment="staging"))
    assert "verified: its tests have not passed in staging" in world.closed()


def test_a_pipeline_says_nothing_of_an_environment_with_a_gate() -> None:
    world = World(version="1.2.4")
    world.say(PIPELINE, promotions.released("1.2.4"), event("deployed", "1.2.4", "staging"))
    assert "order: 1.2.4 has not been in staging" in world.closed()


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (NOW - 3600, ""),
        (NOW - 3599, "soak: it is 59 min 59 s of 1 h in staging: 1 s to come"),
        (NOW + 100, "soak: it is 0 s of 1 h in staging: 1 h to come"),
    ],
)
def test_a_soak_counts_from_when_it_was_seen_and_not_from_its_date(seen: int, reason: str) -> None:
    world = World(version="1.2.4")
    world.say(PIPELINE, promotions.released("1.2.4"))
    world.say(JENKINS, event("promoted", "1.2.4", "staging", at=0), event("verified", "1.2.4", "staging"))
    assert any("in staging, and that has not begun" in each for each in world.closed())
    assert len(order.unseen(world.case())) == 1
    world.saw(seen)
    assert [each for each in world.closed() if each.startswith("soak")] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("arrived", "seen"),
    [(NOW - 5000, NOW - 5000), (NOW - 5000, NOW - 10), (NOW - 5000, None), (NOW + 90_000, NOW - 5000)],
)
def test_a_soak_ends_when_something_else_arrives(arrived: int, seen: int | None) -> None:
    """Whenever that is seen: what is there no more soaks no longer, nor does it by a date ahead."""
    world = World()
    world.say(JENKINS, event("promoted", "1.2.4", "staging", at=arrived))
    if seen is not None:
        world.ledger.now = NOW
        world.saw(seen)
    assert [each for each in world.closed() if each.startswith("soak")] == [
        "soak: it was 36 min 40 s of 1 h in staging, and something else is there now",
    ]


def test_an_environment_after_none_asks_for_nothing() -> None:
    assert list(order.judge(replace(World().case(), before=None))) == []


def test_other_values_of_a_component_have_not_been_there_although_their_version_is_called_the_same() -> None:
    case = promotions.World().case()
    for same in (True, False):
        known = case.release.descriptor_digest if same else "sha256:other"
        component = replace(case.release, team="", descriptor_digest=known)
        assert (order.arrived(replace(case, release=component)) is not None) is same
