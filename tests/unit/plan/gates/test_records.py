from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.model.ledger import PLATFORM, Event, History
from pipelinekit.plan.gates import records
from tests import promotions
from tests.promotions import JENKINS, PIPELINE, World, event, person


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


@pytest.mark.parametrize("version", ["latest", "1.0", "01.0.0"])
def test_what_has_no_version_is_no_release(version: str) -> None:
    world = World()
    told = replace(promotions.released("1.2.3"), version=version)
    world.say(PIPELINE, told)
    assert records.release_of(world.history(), version) is None


def test_what_an_environment_has_is_what_arrived_last() -> None:
    world = World()
    world.say(JENKINS, event("rolled-back", "1.2.1", "production"), event("failed", "1.2.9", "production"))
    found = records.living(world.history(), "production")
    assert found is not None
    assert found.event.version == "1.2.1"
    assert records.living(world.history(), "dev") is None


def test_what_names_a_commit_that_the_platform_s_branch_has_no_more() -> None:
    world = World()
    world.say(person("sam"), Event(kind="frozen", at=1, reason="incident"))
    common = world.ledger.history(PLATFORM)
    for told in (common.head, "f" * 40, 7):
        world.say(person("ann"), event("requested", environment="staging", details={"common": told}))
    world.say(person("ann"), event("held", environment="staging", details={"common": "f" * 40}))
    assert [records.common_of(each) for each in records.lost(world.history(), common)] == ["f" * 40]
    assert [records.common_of(each) for each in records.lost(world.history(), History())] == [
        common.head,
        "f" * 40,
    ]
