from __future__ import annotations

from dataclasses import replace

from pipelinekit.plan.gates import records
from tests import promotions
from tests.promotions import JENKINS, PIPELINE, World, event


def test_a_release_is_read_as_it_was_published() -> None:
    assert records.release_of(World().history(), "1.2.3") == promotions.release()


def test_what_was_published_first_stays_what_it_is() -> None:
    world = World()
    world.say(PIPELINE, replace(promotions.released("1.2.3"), digests=promotions.digests("other")))
    found = records.release_of(world.history(), "1.2.3")
    assert found is not None
    assert found.chart_digest == promotions.digests("1.2.3").chart


def test_an_event_that_says_less_is_no_release() -> None:
    world = World()
    world.say(PIPELINE, event("released", "1.3.0"), event("released", "1.3.1", details={"image": "x"}))
    assert [each.version for each in records.releases(world.history())] == ["1.2.2", "1.2.3"]


def test_what_an_environment_has_is_what_arrived_last() -> None:
    world = World()
    world.say(JENKINS, event("rolled-back", "1.2.1", "production"), event("failed", "1.2.9", "production"))
    found = records.living(world.history(), "production")
    assert found is not None
    assert found.event.version == "1.2.1"
    assert records.living(world.history(), "dev") is None
