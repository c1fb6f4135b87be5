from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.model.ledger import Event, Writer
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.promotion import Request
from pipelinekit.plan.gates.judge import stopped
from pipelinekit.plan.gates.stops import looked_at, still, unreviewed
from pipelinekit.plan.moment import moment
from tests import examples
from tests.promotions import NOW, World, event, person

ANN = person("ann")
WHEN = moment(NOW - 7200)
"""When an event of the tests' world was written."""


def test_what_an_application_lifted_lifts_no_hold_over_all() -> None:
    world = World()
    world.say(ANN, event("held", "", "production"), event("unheld", "", "production"))
    world.say(ANN, Event(kind="held", at=NOW, environment="production", reason="move"))
    assert world.closed() == ["hold: production is held against every version by ann: move"]
    world.say(ANN, event("unheld", "", "production"))
    assert world.closed() == ["hold: production is held against every version by ann: move"]
    world.say(ANN, Event(kind="unheld", at=NOW, environment="production"))
    assert world.closed() == []


def test_what_stops_over_all_is_still_there_when_something_narrower_is_lifted() -> None:
    world = World()
    world.say(
        ANN,
        Event(kind="held", at=NOW, environment="production", reason="move"),
        Event(kind="frozen", at=NOW, reason="incident"),
    )
    for each, stays in (
        (event("unheld", "", "production"), ["move"]),
        (event("unheld", "", "staging"), []),
        (Event(kind="thawed", at=NOW, environment="production"), ["incident"]),
        (Event(kind="unheld", at=NOW, environment="production"), []),
        (Event(kind="thawed", at=NOW), []),
    ):
        world.say(ANN, each)
        assert [one.event.reason for one in still(world.case().common, each)] == stays


@pytest.mark.parametrize(
    ("version", "held"), [("", True), ("1.2.3", True), ("1.2.4", True), ("1.2.2", False), ("nonsense", True)]
)
def test_a_hold_that_names_a_version_lets_later_ones_through(version: str, held: bool) -> None:
    world = World()
    world.say(ANN, event("held", version, "production", reason="slow"))
    what = f"against {version} and before" if version else "against every version"
    assert world.closed() == ([f"hold: production is held {what} by ann: slow"] if held else [])


def test_a_hold_elsewhere_stops_nothing_and_one_of_everything_stops_this() -> None:
    world = World()
    world.say(ANN, event("held", "", "staging"))
    assert world.closed() == []
    world.say(ANN, Event(kind="held", at=NOW, reason="move"))
    assert world.closed() == ["hold: production is held against every version by ann: move"]


def test_unhold_lifts_every_hold_of_the_environment() -> None:
    world = World()
    world.say(ANN, event("held", "", "production"), event("held", "1.2.3", "production"))
    world.say(ANN, event("unheld", "", "production"))
    assert world.closed() == []


def test_a_barred_version_goes_no_further_and_another_does() -> None:
    world = World()
    world.say(ANN, event("barred", "1.2.2"), event("barred", "1.2.3", reason="leak"))
    assert world.closed() == ["bar: 1.2.3 was barred by ann: leak"]
    world.say(ANN, event("unbarred", "1.2.3"))
    assert world.closed() == []


def test_a_downgrade_needs_a_word() -> None:
    world = World()
    world.say(ANN, event("promoted", "1.10.0", "production"))
    assert world.closed() == ["downgrade: 1.10.0 is there, which is later than 1.2.3"]
    world.request = Request(downgrade=True)
    assert world.closed() == []


def test_an_emergency_waits_for_somebody_else_to_review_it() -> None:
    world = World()
    world.say(ANN, event("emergency", "1.2.2", "production", reason="fire"))
    assert world.closed() == [
        f"review: the emergency of 1.2.2 in production (ann, {WHEN}: fire) was not reviewed yet"
    ]
    world.say(ANN, event("reviewed", "1.2.2", "production"))
    assert unreviewed(world.history(), world.environment)
    world.say(person("bob"), event("reviewed", "1.2.2", "production"))
    assert world.closed() == []
    assert unreviewed(world.history(), examples.environment("staging")) == ()


def test_of_several_emergencies_each_waits_for_somebody_else() -> None:
    world, bob = World(), person("bob")
    world.say(ANN, event("emergency", "1.2.1", "production", reason="fire"))
    world.say(bob, event("emergency", "1.2.2", "production", reason="flood"))
    assert world.closed() == [
        f"review: the emergency of 1.2.1 in production (ann, {WHEN}: fire) was not reviewed yet",
        f"review: the emergency of 1.2.2 in production (bob, {WHEN}: flood) was not reviewed yet",
    ]
    # Who had the first one looks at the second: that is no word on their own.
    world.say(ANN, event("reviewed", "1.2.2", "production"))
    assert world.closed() == [
        f"review: the emergency of 1.2.1 in production (ann, {WHEN}: fire) was not reviewed yet"
    ]
    world.say(bob, event("reviewed", "1.2.1", "production"))
    assert world.closed() == []


def test_a_review_is_of_the_version_that_it_names() -> None:
    """Whoever has looked at one says nothing of another that came before they had said so."""
    world = World()
    world.say(ANN, event("emergency", "1.2.1", "production", reason="fire"))
    world.say(ANN, event("emergency", "1.2.2", "production", reason="flood"))
    world.say(person("bob"), event("reviewed", "1.2.1", "production"))
    assert world.closed() == [
        f"review: the emergency of 1.2.2 in production (ann, {WHEN}: flood) was not reviewed yet"
    ]


def test_a_review_that_names_emergencies_is_of_no_other_one_of_that_version() -> None:
    world, bob = World(), person("bob")
    world.say(ANN, event("emergency", "1.2.2", "production", reason="fire"))
    seen = unreviewed(world.history(), world.environment)
    world.say(ANN, event("emergency", "1.2.2", "production", reason="flood"))
    world.say(bob, event("reviewed", "1.2.2", "production", details=looked_at(seen)))
    assert [each.event.reason for each in unreviewed(world.history(), world.environment)] == ["flood"]
    for odd in ("all", [], [7], {"commit": seen[0].commit}):
        waiting = unreviewed(world.history(), world.environment)
        world.say(bob, event("reviewed", "1.2.2", "production", details={"emergencies": odd}))
        assert unreviewed(world.history(), world.environment) == waiting


@pytest.mark.parametrize("signed", [True, False])
def test_where_approvals_have_to_be_signed_jenkins_reviews_nothing(signed: bool) -> None:
    world = World()
    asked = Approvals(count=2, groups=("release-managers",), signed=signed)
    world.environment = replace(world.environment, approvals=asked)
    world.say(ANN, event("emergency", "1.2.2", "production", reason="fire"))
    bob = Writer(role="release", person="bob", jenkins_user="bob-j")
    world.say(bob, event("reviewed", "1.2.2", "production"))
    assert bool(unreviewed(world.history(), world.environment)) is signed


def test_a_deployment_without_gates_honours_holds_freezes_and_bars_alone() -> None:
    world = World(version="1.2.4")
    world.say(ANN, event("held", "", "production"), event("barred", "1.2.4"))
    world.say(ANN, Event(kind="frozen", at=NOW))
    assert [each.gate for each in stopped(world.case())] == ["freeze", "hold", "bar"]
