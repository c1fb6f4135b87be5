from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.deployment import Look
from pipelinekit.plan.deploying import deployment
from tests.fielded import made, scaler


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"availableReplicas": 1}, "1 of 2 ready"),
        ({"availableReplicas": 0}, "0 of 2 ready"),
        ({"updatedReplicas": 1}, "1 of 2 pods are new"),
        ({"replicas": 3, "updatedReplicas": 3}, "2 of 2 ready"),
        ({"observedGeneration": 0}, "its newest state is not rolled out"),
    ],
)
def test_what_is_not_rolled_out_runs_short(status: dict[str, int], reason: str) -> None:
    live = made()
    live["status"] |= status
    found = deployment.standing(Look(live=[live], applied=[made()]), [made()])
    assert found.short == (f"Deployment/orders: {reason}",)


@pytest.mark.parametrize(
    ("strategy", "status", "reason"),
    [
        (None, {}, ""),
        (None, {"availableReplicas": 1}, "1 of 2 ready"),
        (None, {"updatedReplicas": 1}, "1 of 2 pods are new"),
        (None, {"observedGeneration": 0}, "its newest state is not rolled out"),
        ({"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}, {"updatedReplicas": 1}, ""),
        (
            {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
            {"updatedReplicas": 0},
            "0 of 2 pods are new",
        ),
        ({"type": "OnDelete"}, {"updatedReplicas": 0}, ""),
        ({"type": "OnDelete"}, {"updatedReplicas": 0, "availableReplicas": 1}, "1 of 2 ready"),
    ],
)
def test_a_stateful_set_runs_short_likewise(strategy: Any, status: dict[str, int], reason: str) -> None:
    live = made()
    live["kind"] = "StatefulSet"
    live["status"] |= status
    if strategy:
        live["spec"]["updateStrategy"] = strategy
    found = deployment.standing(Look(live=[live], applied=[{**live, "status": {}}]), [live])
    assert found.short == ((f"StatefulSet/orders: {reason}",) if reason else ())


@pytest.mark.parametrize("whose", ["declared", "somebody's"])
def test_under_an_autoscaler_its_least_number_has_to_run_and_its_own_steps_are_no_shortage(
    whose: str,
) -> None:
    def short(replicas: int, ready: int, least: int) -> tuple[str, ...]:
        live = made(replicas=replicas)
        live["status"] |= {"replicas": replicas, "updatedReplicas": replicas, "availableReplicas": ready}
        declared = [scaler(least)] if whose == "declared" else []
        look = Look(
            live=[live, *declared],
            applied=[made(), *declared],
            autoscalers=[] if declared else [scaler(least)],
        )
        found = deployment.standing(look, [made()])
        assert found.changes == ()
        return found.short

    assert short(6, 5, 2) == ()
    assert short(1, 1, 6) == ("Deployment/orders: 1 of 6 ready (the autoscaler's least)",)
    assert short(0, 0, 2) == ("Deployment/orders: 0 of 2 ready (the autoscaler's least)",)
