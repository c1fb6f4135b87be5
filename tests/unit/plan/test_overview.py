from __future__ import annotations

from pipelinekit.model.ledger import PLATFORM, Event, History
from pipelinekit.plan.overview import Place, places
from tests import examples
from tests.promotions import NOW, World, event, person


def test_what_runs_where_and_what_would_come_next() -> None:
    assert list(places(World().history(), History(), examples.platform())) == [
        Place(environment="dev", next="1.2.3"),
        Place(
            environment="staging",
            version="1.2.3",
            at=NOW - 7200,
            by="nobody in Jenkins",
            verified=True,
        ),
        Place(
            environment="production",
            version="1.2.2",
            at=NOW - 7200,
            by="nobody in Jenkins",
            next="1.2.3",
        ),
    ]


def test_what_has_failed_there_is_no_news() -> None:
    world = World()
    world.say(person("ann"), event("failed", environment="production", reason="no such image"))
    production = list(places(world.history(), History(), examples.platform()))[2]
    assert (production.next, production.failed) == ("1.2.3", "no such image")
    world.say(person("ann"), event("rolled-back", "1.2.2", "production"))
    assert list(places(world.history(), History(), examples.platform()))[2].failed == ""
    world.say(person("ann"), event("failed", "1.2.1", environment="production", reason="x"))
    assert list(places(world.history(), History(), examples.platform()))[2].failed == ""


def test_where_nothing_is_nothing_is_told() -> None:
    assert list(places(History(), History(), examples.platform())) == [
        *(Place(environment=each) for each in ("dev", "staging", "production"))
    ]


def test_what_people_have_stopped_is_told_where_it_stops_and_an_emergency_until_it_is_reviewed() -> None:
    world = World()
    world.say(person("sam", "sre"), event("emergency", "1.2.2", "production", reason="down"))
    world.say(person("ann"), event("held", "1.2.3", "production", reason="slow"))
    world.say(person("ann"), Event(kind="frozen", at=1, reason="incident"))

    def told(place: int) -> tuple[str, ...]:
        history, common = world.history(), world.ledger.history(PLATFORM)
        return list(places(history, common, examples.platform()))[place].stops

    assert told(2) == (
        "frozen by ann: incident",
        "held against 1.2.3 and before by ann: slow",
        "the emergency of 1.2.2 by sam waits for somebody else's review: down",
    )
    assert told(1) == ("frozen by ann: incident",)
    world.say(person("ann"), Event(kind="thawed", at=1), event("unheld", "", "production"))
    world.say(person("ann"), event("reviewed", "1.2.2", "production"))
    assert told(2) == ()


def test_a_reason_of_several_lines_looks_like_nothing_else_that_is_told() -> None:
    world = World()
    reason = "slow\npayments/orders in production: 2.0.0, since today"
    world.say(person("sam", "sre"), event("emergency", "1.2.2", "production", reason=reason))
    world.say(person("ann"), event("held", "1.2.3", "production", reason=reason))
    stops = list(places(world.history(), History(), examples.platform()))[2].stops
    assert len(stops) == 2
    assert all(len(each.splitlines()) == 1 for each in stops)


def test_what_runs_and_was_barred_is_told_where_it_runs() -> None:
    world = World()
    world.say(person("ann"), event("barred", "1.2.2", reason="leak"), event("barred", "1.2.9", reason="x"))
    here = list(places(world.history(), History(), examples.platform()))
    assert here[2].version == "1.2.2"
    assert here[2].stops == ("1.2.2 was barred by ann: leak",)
    assert here[1].stops == ()
    world.say(person("ann"), event("unbarred", "1.2.2"))
    assert list(places(world.history(), History(), examples.platform()))[2].stops == ()
