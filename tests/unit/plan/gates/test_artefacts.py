from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.model.promotion import Found, Request, Watched
from pipelinekit.plan.gates.artefacts import matches
from pipelinekit.plan.gates.judge import judge
from tests import promotions
from tests.promotions import PIPELINE, World


def test_what_is_missing_or_unsigned_stops_it() -> None:
    world = World(found=Found(missing=("no image",), unsigned=("no signature",)))
    assert world.closed() == ["artefacts: no image", "signed: no signature"]


def test_a_pre_release_goes_nowhere() -> None:
    world = World(version="1.2.3-pr.4.gabc")
    world.say(PIPELINE, promotions.released("1.2.3-pr.4.gabc"))
    assert "version: 1.2.3-pr.4.gabc is a pre-release" in world.closed()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "change: a change's number like CHG### is asked for: --change"),
        ("CHG12", "change: CHG12 is no number like CHG###"),
        ("CHG123", ""),
    ],
)
def test_a_changes_number(given: str, reason: str) -> None:
    world = World(request=Request(change=given))
    world.environment = replace(world.environment, change="CHG###")
    assert world.closed() == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("CHG###", ["CHG123"], ["CHG12", "CHG1234", "xCHG123", "CHG12٣"]),
        ("OPS-*", ["OPS-1", "OPS-", "OPS-a_b-c"], ["OPS", "OPS-a b", "OPS-é"]),
        ("*#*", ["1", "a1b", "11"], ["", "ab", "a.1"]),
        ("a#", ["a1"], ["a#", "ab"]),
    ],
)
def test_patterns(pattern: str, good: list[str], bad: list[str]) -> None:
    assert [each for each in good if not matches(pattern, each)] == []
    assert [each for each in bad if matches(pattern, each)] == []


def test_no_pattern_takes_long() -> None:
    assert not matches("*a" * 30, "a" * 1000 + "!")


def test_a_way_back_counts_where_it_is_asked_for() -> None:
    world = World(found=Found(no_way_back=("a task in between",)))
    assert world.closed() == []
    world.environment = replace(world.environment, back=True)
    assert world.closed() == ["back: no way back: a task in between"]


def test_a_way_back_is_not_claimed_where_nothing_runs() -> None:
    world = World(found=Found())
    world.environment = replace(world.environment, back=True)
    said = [each.reason for each in judge(world.case()).verdicts if each.gate == "back"]
    assert said == ["what runs there, if anything does, can be put back"]


def test_no_data_is_no_good_news() -> None:
    watched = (
        Watched("a", True, "0.1"),
        Watched("b", False, "0.9 is above 0.5"),
        Watched("c", None, "no data"),
    )
    world = World(found=Found(watched=watched))
    assert world.closed() == ["figures: b: 0.9 is above 0.5", "figures: c: no data"]
