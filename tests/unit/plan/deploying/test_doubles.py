from __future__ import annotations

from typing import Any

from pipelinekit.model.deployment import Look
from pipelinekit.plan.deploying import deployment, repairs
from tests.fielded import container, made

HANDS = {"name": "A", "value": "hand's"}
MINE = {"name": "A", "value": "x"}
KEY = {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}


def live(*variables: dict[str, Any]) -> dict[str, Any]:
    there = made()
    container(there)["env"] = list(variables)
    there["metadata"] |= {"generation": 4, "namespace": "payments-dev"}
    return there


def repaired(there: dict[str, Any]) -> Any:
    wanted = made()
    wanted["metadata"]["namespace"] = "payments-dev"
    return [patch for _, patch in repairs.patches(Look(live=[there], applied=[wanted]), (), owns=False)]


def test_of_what_a_hand_has_put_beside_what_is_declared_one_is_left() -> None:
    extra = {"name": "EXTRA", "value": "1"}
    at = "/spec/template/spec/containers/0/env"
    assert repaired(live(MINE, KEY, extra, HANDS)) == [
        [
            {"op": "test", "path": "/metadata/generation", "value": 4},
            {"op": "replace", "path": at, "value": [MINE, KEY, extra]},
        ]
    ]


def test_what_is_not_declared_is_left_alone_however_often_it_is_there() -> None:
    extra = [{"name": "EXTRA", "value": value} for value in "12"]
    assert repaired(live(MINE, KEY, *extra)) == []
    assert repaired(live(MINE, KEY)) == []


def test_the_one_that_is_not_as_declared_is_told_wherever_it_stands() -> None:
    for there in (live(MINE, HANDS, KEY), live(HANDS, MINE, KEY)):
        found = [(each.path, each.live) for each in deployment.differences(there, made(), made())]
        assert found == [("spec.template.spec.containers[web].env[A].value", "hand's")]
