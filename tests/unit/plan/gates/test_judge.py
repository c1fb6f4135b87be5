from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.model.ledger import Event, Writer
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.promotion import Found, Request
from pipelinekit.plan.gates.judge import judge
from tests.promotions import NOW, World, event, person


def closed_everywhere() -> World:
    world = World(found=Found(missing=("no image",)))
    world.environment = replace(world.environment, change="C#", back=True)
    world.say(person("ann"), event("promoted", "1.2.4", "staging"), event("barred", "1.2.3"))
    world.say(person("ann"), Event(kind="frozen", at=NOW), event("held", "", "production"))
    world.saw(NOW - 7100)
    world.approve(person("ann"), live="other")
    return world


def test_all_gates_are_told_at_once() -> None:
    world = closed_everywhere()
    gates = [each.split(":")[0] for each in world.closed()]
    assert gates == ["soak", "freeze", "hold", "bar", "artefacts", "change"]


def test_an_emergency_goes_past_what_is_not_hard_and_says_past_what() -> None:
    world = closed_everywhere()
    world.asker, world.request = person("sam", "sre"), Request(emergency=True, reason="fire")
    judged = judge(world.case())
    assert [each.gate for each in judged.passed] == ["soak", "freeze", "change"]
    assert [each.gate for each in judged.closed] == ["hold", "bar", "artefacts"]


@pytest.mark.parametrize(
    ("groups", "reason", "known", "why"),
    [
        (("release-managers",), "fire", ("sre",), "rita is in none of sre"),
        (("sre",), " ", ("sre",), "an emergency needs a reason: --reason"),
        (("sre",), "fire", (), "production knows no emergency"),
    ],
)
def test_what_is_no_emergency(groups: tuple[str, ...], reason: str, known: tuple[str, ...], why: str) -> None:
    world = World(asker=person("rita", *groups), request=Request(emergency=True, reason=reason))
    world.environment = replace(world.environment, emergency=known)
    assert world.closed() == [f"emergency: {why}"]


@pytest.mark.parametrize("signed", [True, False])
def test_where_approvals_have_to_be_signed_jenkins_declares_no_emergency(signed: bool) -> None:
    """Whoever administers it has the release folder's key, and names as the user whom they like."""
    world = World(version="1.2.4", request=Request(emergency=True, reason="fire"))
    world.asker = Writer(role="release", person="sam", groups=("sre",), jenkins_user="sam-j")
    asked = Approvals(count=2, groups=("release-managers",), signed=signed)
    world.environment = replace(world.environment, approvals=asked)
    refused = "emergency: sam in Jenkins: where approvals have to be signed, so has an emergency"
    assert (refused in world.closed()) is signed
