from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.platform.gates import Evidence
from pipelinekit.plan.gates.judge import judge
from tests.promotions import JENKINS, NOW, World, digests, event, person

HOUR = 3600


def world(**fields: Any) -> World:
    made = World()
    asked = Evidence(**{"type": "scan", "age": 24 * HOUR, **fields})
    made.environment = replace(made.environment, evidence=(asked,))
    return made


def attest(made: World, hours: float, verdict: str = "passed", **fields: Any) -> None:
    details = {"type": fields.pop("type", "scan"), "verdict": verdict}
    made.say(person("tess"), event("attested", at=round(NOW - hours * HOUR), details=details, **fields))


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        ([], "there is no scan of this image"),
        ([{"hours": 1, "type": "uat"}], "there is no scan of this image"),
        ([{"hours": 1, "digests": digests("1.2.2")}], "there is no scan of this image"),
        ([{"hours": -1}], "there is no scan of this image"),
        ([{"hours": 25}], "scan by tess, 1 d 1 h old: passed; it may be 1 d old"),
        (
            [{"hours": 1}, {"hours": 2, "verdict": "failed"}],
            "scan by tess, 2 h old: failed; passed is asked for",
        ),
    ],
)
def test_what_does_not_count(statements: list[dict[str, Any]], reason: str) -> None:
    made = world()
    for each in statements:
        attest(made, **each)
    assert [each for each in made.closed() if each.startswith("evidence")] == [f"evidence: {reason}"]


def test_the_newest_counts_and_is_told() -> None:
    made = world()
    attest(made, 30, "failed")
    attest(made, 2)
    (found,) = [each for each in judge(made.case()).verdicts if each.gate == "evidence"]
    assert (found.open, found.reason) == (True, "scan by tess, 2 h old: passed")


def test_an_age_of_nothing_is_any_age_and_a_verdict_may_be_another() -> None:
    made = world(age=0, verdict="accepted")
    attest(made, 9999, "accepted")
    assert made.closed() == []
    made.say(JENKINS, event("attested", details={"type": "scan"}))
    assert "accepted is asked for" in made.closed()[0]
