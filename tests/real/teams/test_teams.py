"""Two teams, two repositories, one Nexus: each copy-cat and each poisoning is refused, and by whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelinekit.plan.inputs import input_tag
from tests.real.teams.copies import (
    by_registration,
    chart_elsewhere,
    chart_that_lies_inside,
    copied,
    copy_in_a_terminal,
    file_elsewhere,
    inputs,
    push_image,
    push_where_the_name_begins_alike,
    signature_elsewhere,
    unregistered,
    version,
)
from tests.real.teams.poisons import (
    another_key,
    copied_with_its_signature,
    poisoned,
    poisoned_chart,
    poisoned_version,
    signed_by_another,
    unsigned,
    unsigned_chart,
)
from tests.real.teams.world import World

TABLE = """
a copied app.yaml, in a pipeline: build            | the registration
a copied app.yaml, in a pipeline: push             | the registration
a copied app.yaml, in a pipeline: package          | the registration
a copied app.yaml, in a pipeline: publish          | the registration
a copied app.yaml, in a pipeline: deploy           | the registration
a copied app.yaml, in a pipeline: verify           | the registration
a copied app.yaml, in a pipeline: validate         | the registration
an application that nobody registered              | the registration
a copied app.yaml, in a terminal: push             | Nexus' selectors
an image under another team's version              | Nexus' selectors
an image under the tag of another team's inputs    | Nexus' selectors
an image where the name only begins alike          | Nexus' selectors
a chart in another team's repository               | Nexus' selectors
a signature beside another team's image            | Nexus' selectors
a chart's file of another team                     | Nexus' selectors
a chart's file where the name only begins alike    | Nexus' selectors
a chart that says inside that it is another        | the name of its file
an unsigned image under the tag of our inputs      | our verification
an image there that another key has signed         | our verification
another team's signed image there                  | our verification
an unsigned image under our version                | our verification
another chart under our version                    | the version that is there
an unsigned chart                                  | our verification
a push that another key would sign                 | our verification
"""


ATTACKS: tuple[Callable[[World], str], ...] = (
    *(
        (lambda world, verb=verb: by_registration(copied(world, verb)))
        for verb in ("build", "push", "package", "publish", "deploy", "verify", "validate")
    ),
    unregistered,
    copy_in_a_terminal,
    lambda world: push_image(world, version(world.short)),
    lambda world: push_image(world, input_tag(inputs(world.short))),
    push_where_the_name_begins_alike,
    chart_elsewhere,
    signature_elsewhere,
    lambda world: file_elsewhere(world, world.long.team, "pay"),
    lambda world: file_elsewhere(world, world.short.team, "pay-ments"),
    chart_that_lies_inside,
    lambda world: poisoned(world, lambda ref: unsigned(world, ref)),
    lambda world: poisoned(world, lambda ref: signed_by_another(world, ref)),
    lambda world: poisoned(world, lambda ref: copied_with_its_signature(world, ref)),
    poisoned_version,
    poisoned_chart,
    unsigned_chart,
    another_key,
)
ROWS = [tuple(map(str.strip, line.split("|"))) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(
    ("attack", "refused_by"),
    list(zip(ATTACKS, [by for _, by in ROWS], strict=True)),
    ids=[what for what, _ in ROWS],
)
def test_who_refuses(world: World, attack: Callable[[World], str], refused_by: str) -> None:
    assert attack(world) == refused_by


def test_what_a_team_does_with_its_own_is_refused_by_nobody(world: World) -> None:
    """The fixture has run both lines to `publish`; a second run does nothing."""
    denied = len(world.site.denied)
    for verb in ("build", "push", "package", "publish"):
        assert world.long.must(verb, "--json").json()["acted"] is False
    assert len(world.site.denied) == denied
