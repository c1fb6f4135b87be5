"""A claim that waits for a pod: it is told where the chart has none that mounts it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.ground.preflight import AWAITED, Seen
from pipelinekit.plan.preflight import unbound
from pipelinekit.plan.preflight.needs import needs_of
from tests.manifests import deployment, thing

SEEN = Seen(classes=frozenset(("slow", "fast", "")), late=frozenset(("slow", "")))
MOUNT = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]


def claim(**spec: Any) -> dict[str, Any]:
    return thing("PersistentVolumeClaim", "data", spec=spec)


def at(place: str, made: dict[str, Any]) -> dict[str, Any]:
    return {**made, "metadata": {**made["metadata"], "namespace": place}}


def told(*objects: dict[str, Any], seen: Seen = SEEN) -> list[str]:
    found = list(unbound.findings(needs_of(objects, "shop"), seen))
    assert {each.verdict for each in found} <= {AWAITED}
    return [each.problem.partition(" gets")[0] for each in found]


@pytest.mark.parametrize("named", [{"storageClassName": "slow"}, {}])
def test_one_that_no_pod_of_the_chart_mounts_is_told(named: dict[str, str]) -> None:
    assert told(claim(**named), deployment()) == ["PersistentVolumeClaim/data"]
    assert told(claim(**named), deployment(volumes=MOUNT)) == []


@pytest.mark.parametrize(
    "spec", [{"storageClassName": "fast"}, {"storageClassName": ""}, {"volumeName": "v"}]
)
def test_one_that_waits_for_no_pod_is_not(spec: dict[str, str]) -> None:
    assert told(claim(**spec)) == []


def test_one_that_is_bound_already_is_not_and_one_that_waits_is() -> None:
    for phase, found in (("Bound", []), ("Pending", ["PersistentVolumeClaim/data"])):
        there = at("shop", {**claim(), "status": {"phase": phase}})
        assert told(claim(), seen=replace(SEEN, live=(there,))) == found


def test_what_has_no_pod_while_a_deployment_waits_mounts_nothing() -> None:
    pod = deployment(volumes=MOUNT)["spec"]["template"]
    idle = thing("Job", "seed", "batch/v1", spec={"suspend": True, "template": pod})
    planned = thing("CronJob", "night", "batch/v1", spec={"jobTemplate": {"spec": {"template": pod}}})
    for each in (idle, planned, deployment(replicas=0, volumes=MOUNT)):
        assert told(claim(), each) == ["PersistentVolumeClaim/data"]


def test_a_pod_mounts_the_claim_of_its_own_namespace() -> None:
    mounting = deployment(volumes=MOUNT)
    assert told(at("more", claim()), mounting) == ["PersistentVolumeClaim/data (namespace more)"]
    assert told(at("more", claim()), at("more", mounting)) == []
