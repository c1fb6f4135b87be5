from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.errors import Refused, UsageError
from pipelinekit.model.ledger import History
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.platform.gates import Approvals, Evidence, Freeze
from pipelinekit.model.promotion import Live, PromotionPlan
from pipelinekit.plan.promotion import (
    chart_at,
    choose,
    earlier,
    environment_of,
    image_at,
    plan_promotion,
    underway,
    values_digest,
)
from tests import examples, promotions
from tests.promotions import JENKINS, PIPELINE, World, event

PLATFORM = examples.platform()


def test_where_an_environment_has_its_own_registries_the_names_are_theirs() -> None:
    own = replace(examples.PRODUCTION, registry="p:5000", charts="https://n/helm")
    release = promotions.release()
    assert str(image_at(release, PLATFORM, own)) == f"p:5000/payments/orders:1.2.3@{release.image.digest}"
    assert str(chart_at(release, PLATFORM, own)) == "https://n/helm/orders:1.2.3"
    assert chart_at(release, PLATFORM, examples.STAGING).registry == "nexus.acme.example:5000"


CHANGES: list[dict[str, Any]] = [
    {"approvals": Approvals(count=3, groups=("release-managers",))},
    {"approvals": Approvals(count=2, groups=("release-managers",), author=False)},
    {"soak": 5},
    {"freeze": (Freeze(start="2026-01-01", end="2026-01-02"),)},
    {"evidence": (Evidence(type="scan"),)},
    {"emergency": ("sre",)},
    {"change": "C#"},
    {"back": True},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_every_gate_is_in_the_plan(change: dict[str, Any]) -> None:
    def planned(**fields: Any) -> str:
        where = replace(examples.PRODUCTION, **fields)
        places = ("r/o", "r/c")
        return plan_promotion(promotions.release(), where, examples.target(where), places, "v", Live()).parts[
            "gates"
        ]

    assert planned() != planned(**change)


def test_of_gates_that_change_only_those_are_told_that_do() -> None:
    def planned(*windows: Freeze, **fields: Any) -> PromotionPlan:
        where = replace(examples.PRODUCTION, soak=60, freeze=windows, **fields)
        return plan_promotion(
            promotions.release(), where, examples.target(where), ("r/o", "r/c"), "v", Live()
        )

    early = planned(Freeze(start="Mon 00:00", end="Tue 23:59"))
    late = planned(Freeze(start="Fri 16:00", end="Mon 08:00"))
    assert late.changed(early.parts) == (
        "gates: freeze: Mon 00:00 to Tue 23:59 UTC → Fri 16:00 to Mon 08:00 UTC",
    )
    assert planned().changed(late.parts) == ("gates: freeze: Fri 16:00 to Mon 08:00 UTC → nothing",)
    (other,) = planned(emergency=("sre",)).changed(planned().parts)
    assert other.startswith("gates: what no line tells of them")


def test_the_release_that_is_meant() -> None:
    history = World().history()
    assert choose(history, examples.PRODUCTION, "").version == "1.2.3"
    assert choose(history, examples.PRODUCTION, "1.2.2").version == "1.2.2"
    assert choose(history, examples.DEV, "").version == "1.2.3"
    with pytest.raises(UsageError, match="knows no version 9"):
        choose(history, examples.DEV, "9")
    untold = World()
    untold.say(PIPELINE, event("deployed", "1.2.9", "dev"))
    with pytest.raises(Refused, match=r"no release 1\.2\.9"):
        choose(untold.history(), examples.DEV, "1.2.9")
    with pytest.raises(Refused, match="nothing in dev"):
        choose(history, examples.STAGING, "")
    with pytest.raises(Refused, match="no release at all"):
        choose(History(), examples.DEV, "")


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        ("a b", "a"),
        ("a b b", "a"),
        ("a b -a", None),
        ("a b c -b", "a"),
        ("a b -a c", "a"),
        ("a", None),
        ("", None),
    ],
)
def test_what_was_there_before(arrivals: str, expected: str | None) -> None:
    world = World()
    for each in arrivals.split():
        kind = "rolled-back" if each[0] == "-" else "promoted"
        world.say(JENKINS, event(kind, each.strip("-"), "dev"))  # type: ignore[arg-type]
    if expected is None:
        with pytest.raises(Refused, match="nothing that was in dev before"):
            earlier(world.history(), examples.DEV)
    else:
        assert earlier(world.history(), examples.DEV) == expected


@pytest.mark.parametrize(
    ("where", "step"),
    [
        (examples.DEV, "--to VERSION names a release"),
        (replace(examples.PRODUCTION, name="fresh"), "promote a later version"),
    ],
)
def test_the_first_that_was_ever_there_has_a_next_step_too(where: Environment, step: str) -> None:
    world = World()
    world.say(JENKINS, event("promoted", "a", where.name))
    with pytest.raises(Refused) as caught:
        earlier(world.history(), where)
    assert step in caught.value.faults[0].hint


def test_environments_by_name() -> None:
    assert environment_of(PLATFORM, "dev") == examples.DEV
    with pytest.raises(UsageError):
        environment_of(PLATFORM, "gone")


def test_what_has_begun_is_under_way_until_its_end_is_written() -> None:
    world = World()
    world.say(JENKINS, event("requested", environment="dev", details={"stage": "begun"}))
    begun = underway(world.history(), "dev")
    assert begun
    world.say(JENKINS, event("refused", environment="dev"))
    assert underway(world.history(), "dev") == begun
    world.say(JENKINS, event("failed", environment="dev", details={"begun": begun.commit}))
    assert underway(world.history(), "dev") is None


def test_all_values_are_in_their_digest() -> None:
    assert len({values_digest(each) for each in (("a", "b"), ("b", "a"), ("a",), ("ab",))}) == 4
