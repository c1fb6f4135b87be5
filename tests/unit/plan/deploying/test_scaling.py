from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.deployment import Look
from pipelinekit.plan.deploying import deployment, scaling
from tests.fielded import by, made, scaler


def test_a_number_that_is_helms_is_held_and_one_that_is_an_autoscalers_is_not() -> None:
    assert scaling.held(Look(live=[made(replicas=6)], applied=[])) == {"orders": 6}
    free = by("kube-controller-manager", made(replicas=6), ("f:spec", "f:replicas"), subresource="scale")
    assert scaling.held(Look(live=[free], applied=[])) == {}


def test_what_has_no_pods_is_held_at_the_autoscalers_least_number() -> None:
    stopped = by("kubectl", made(replicas=0), ("f:spec", "f:replicas"))
    assert scaling.held(Look(live=[stopped], applied=[], autoscalers=[scaler(3)])) == {"orders": 3}


def kept(least: int = 2) -> dict[str, Any]:
    """An autoscaler that something makes and keeps, and that takes the last pod away itself."""
    each = scaler(least)
    each["metadata"]["ownerReferences"] = [{"kind": "ScaledObject", "name": "orders", "controller": True}]
    return each


def stopped() -> dict[str, Any]:
    each = by("keda", made(replicas=0), ("f:spec", "f:replicas"))
    each["status"] |= {"replicas": 0, "updatedReplicas": 0, "availableReplicas": 0}
    return each


@pytest.mark.parametrize(
    ("autoscaler", "short", "held"),
    [
        (kept(), (), {}),
        (scaler(0), (), {}),
        (scaler(2), ("Deployment/orders: 0 of 2 ready (the autoscaler's least)",), {"orders": 2}),
    ],
    ids=["one that is kept", "one with no least number", "Kubernetes' own"],
)
@pytest.mark.parametrize("declared", [True, False])
def test_all_pods_may_be_away_where_the_autoscaler_brings_them_back(
    autoscaler: dict[str, Any], short: tuple[str, ...], held: dict[str, int], declared: bool
) -> None:
    more = [scaler(autoscaler["spec"]["minReplicas"])] if declared else []
    look = Look(live=[stopped(), *more], applied=[made(), *more], autoscalers=[autoscaler])
    found = deployment.standing(look, [made()])
    assert (found.short, found.changes) == (short, ())
    assert scaling.held(look) == held


def test_one_that_is_kept_has_its_least_number_while_there_are_pods() -> None:
    few = made(replicas=1)
    few["status"] |= {"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}
    look = Look(live=[few], applied=[made()], autoscalers=[kept(3)])
    assert deployment.standing(look, [made()]).short
