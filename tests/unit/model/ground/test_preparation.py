from __future__ import annotations

import pytest

from pipelinekit.model.deployment import Change
from pipelinekit.model.ground.preparation import Place, Preparation
from tests import examples


def test_a_place_is_called_by_environment_and_namespace() -> None:
    target = examples.target()
    place = Place(target=target, platform="acme", teams=("a",), applications=("b",), deployers=("c",))
    assert place.title == f"{target.environment.name} (namespace {target.namespace})"


@pytest.mark.parametrize(
    ("found", "acts"),
    [
        (Preparation(environment="dev", namespace="x", cluster="one"), False),
        (Preparation(environment="dev", namespace="x", cluster="one", notes=("n",)), False),
        (Preparation(environment="dev", namespace="x", cluster="one", created=("a",)), True),
        (Preparation(environment="dev", namespace="x", cluster="one", removed=("a",)), True),
        (
            Preparation(
                environment="dev", namespace="x", cluster="one", changes=(Change(object="o", path="p"),)
            ),
            True,
        ),
    ],
)
def test_only_what_is_to_be_done_is_something_to_do(found: Preparation, acts: bool) -> None:
    assert found.acts is acts
