from __future__ import annotations

from pipelinekit.model.ledger import Event
from tests.promotions import NOW, World, event, person


def test_the_platforms_entries_count_for_every_application_and_other_environments_do_not() -> None:
    world = World()
    world.say(person("ann"), Event(kind="held", at=NOW, environment="production"))
    world.say(
        person("ann"), Event(kind="held", at=NOW, environment="staging"), event("held", "", "production")
    )
    case = world.case()
    assert [each.event.name for each in case.all("held")] == ["", "orders"]
    assert [each.event.name for each in case.own("held")] == ["orders"]
