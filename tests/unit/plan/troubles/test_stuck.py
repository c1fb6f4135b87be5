from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.troubles.stuck import kept_pods, stuck_pods
from tests.podstates import container, maker, pod, waiting

STATUS = {"observedGeneration": 1, "updateRevision": "new"}
ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}


def stuck(
    status: dict[str, Any] | None = None,
    *,
    revision: str = "old",
    owner: dict[str, Any] | None = None,
    strategy: dict[str, Any] | None = None,
    **metadata: Any,
) -> frozenset[str]:
    one = pod(
        status if status is not None else waiting("ImagePullBackOff"),
        name="db-0",
        labels={"controller-revision-hash": revision},
        ownerReferences=[{"uid": "u2", "controller": True}],
        **metadata,
    )
    return stuck_pods([one, maker("StatefulSet", owner or STATUS, updateStrategy=strategy or ROLLING)])


def test_a_pod_of_an_older_template_that_cannot_start_is_stuck() -> None:
    assert stuck() == {"db-0"}


def test_one_that_finds_no_node_is_stuck_as_well() -> None:
    assert stuck({"conditions": [{"type": "PodScheduled", "status": "False"}]}) == {"db-0"}


@pytest.mark.parametrize(
    "case",
    [
        {"revision": "new"},
        {"status": container({"running": {}})},
        {"status": {"conditions": [{"type": "Ready", "status": "True"}]}},
        {"owner": {**STATUS, "observedGeneration": 0}},
        {"strategy": {"type": "OnDelete"}},
        {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}},
        {"deletionTimestamp": "2026-11-28T15:04:23Z"},
    ],
    ids=["new", "starts", "ready", "not seen yet", "by hand", "held back", "going"],
)
def test_any_other_is_not(case: dict[str, Any]) -> None:
    assert stuck(**case) == frozenset()


@pytest.mark.parametrize(
    ("kind", "status", "spec", "stays"),
    [
        ("ReplicaSet", {}, {}, True),
        ("ReplicaSet", {}, {"replicas": 0}, False),
        ("StatefulSet", {"updateRevision": "new"}, {}, True),
        ("StatefulSet", {"updateRevision": "newer"}, {}, False),
        ("Job", {}, {}, False),
    ],
)
def test_what_is_of_its_makers_present_template_stays(
    kind: str, status: dict[str, Any], spec: dict[str, Any], stays: bool
) -> None:
    owners = [{"uid": "u2", "controller": True}]
    labels = {"controller-revision-hash": "new"}
    one = pod(waiting("CrashLoopBackOff"), labels=labels, ownerReferences=owners)
    assert kept_pods([one, maker(kind, status, **spec)]) == ({"orders-1"} if stays else frozenset())


def test_a_pod_of_nobody_is_nobodys() -> None:
    assert stuck_pods([pod(waiting("ImagePullBackOff"))]) == frozenset()
