from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.ledger import Event
from pipelinekit.model.platform.gates import Freeze
from pipelinekit.model.platform.zone import DAY
from pipelinekit.plan.moment import moment
from tests.promotions import NOW, PIPELINE, World, event, person


def frozen(kind: str = "frozen", environment: str = "", reason: str = "fire") -> Event:
    return Event(kind=kind, environment=environment, at=NOW, reason=reason)  # type: ignore[arg-type]


def test_all_that_overlap_are_told_calendar_and_hands_alike() -> None:
    world = World()
    windows = (
        Freeze(start="2026-01-01", end="2027-01-01", reason="the year"),
        Freeze(start="2026-01-02", end="2028-01-01"),
        Freeze(start="2020-01-01", end="2020-01-02"),
    )
    world.environment = replace(world.environment, freeze=windows)
    world.say(person("ann"), frozen(), frozen(environment="production", reason="audit"))
    world.say(person("ann"), frozen(environment="staging"))
    assert world.closed() == [
        "freeze: production is frozen until 2027-01-01T00:00 UTC (the year)",
        "freeze: production is frozen until 2028-01-01T00:00 UTC",
        "freeze: everything was frozen by ann: fire",
        "freeze: production was frozen by ann: audit",
    ]


def test_a_thaw_ends_what_it_names_and_one_of_everything_ends_all() -> None:
    world = World()
    world.say(person("ann"), frozen(), frozen(environment="production"))
    world.say(person("bob"), frozen("thawed", "production"))
    assert world.closed() == ["freeze: everything was frozen by ann: fire"]
    world.say(person("ann"), frozen(environment="production"))
    world.say(person("bob"), frozen("thawed"))
    assert world.closed() == []


def test_what_is_said_of_one_application_thaws_nothing_over_all() -> None:
    world = World()
    world.say(person("ann"), frozen())
    for place in ("", "production"):
        world.say(person("eve"), event("thawed", "", place))
    assert world.closed() == ["freeze: everything was frozen by ann: fire"]
    world.say(person("ann"), event("frozen", "", "production", reason="here"))
    world.say(person("ann"), frozen("thawed"))
    assert world.closed() == ["freeze: production was frozen by ann: here"]


def test_an_unknown_zone_is_closed() -> None:
    world = World()
    window = Freeze(start="2020-01-01", end="2020-01-02", zone="Europe/Atlantis")
    world.environment = replace(world.environment, freeze=(window,))
    assert world.closed() == [
        "freeze: nobody here knows the time zone Europe/Atlantis, so its windows count as open"
    ]


def test_a_clock_that_is_behind_the_ledger_judges_nothing() -> None:
    world = World()
    world.say(person("ann"), event("barred", "0.0.1", at=NOW + 301))
    (found,) = world.closed()
    assert found.startswith(f"clock: the ledger has an event of {moment(NOW + 301)[:-1]} UTC by ann, ")


def test_another_person_s_word_says_whose_clock_was_wrong() -> None:
    """One wrong clock must not stop everybody until its day has come."""
    world = World()
    world.say(person("ann"), event("barred", "0.0.1", at=NOW + 30 * DAY))
    for writer in (world.asker, person("ann"), PIPELINE):
        # Who asks has perhaps set a clock of their own back, and a pipeline says what it is told.
        world.say(writer, event("refused" if writer == PIPELINE else "unbarred", "0.0.2", at=NOW))
        assert [each.split(":")[0] for each in world.closed()] == ["clock"]
    world.say(person("bob"), event("unbarred", "0.0.2", at=NOW))
    assert world.closed() == []
    world.say(person("bob"), event("unbarred", "0.0.2", at=NOW + 30 * DAY))
    assert [each.split(":")[0] for each in world.closed()] == ["clock"], "a later one is again one"
