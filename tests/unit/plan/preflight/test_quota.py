from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.preflight.quota import counts, exceeded, usage
from pipelinekit.plan.quantities import read
from tests.manifests import deployment, hook, thing
from tests.podusage import PODS, SCOPES, USED

SMALL = {"resources": {"requests": {"cpu": "250m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}}


def quota(used: dict[str, str], **hard: str) -> dict[str, Any]:
    return thing("ResourceQuota", "team", status={"hard": hard, "used": used})


def running(made: dict[str, Any], replicas: int) -> dict[str, Any]:
    return {**made, "status": {"replicas": replicas}}


def test_a_first_installation_needs_room_for_its_pods() -> None:
    made = deployment(SMALL, replicas=3)
    assert list(exceeded([made], [], [quota({"pods": "0"}, pods="3")])) == []
    (said,) = exceeded([made], [], [quota({"pods": "1"}, pods="3")])
    assert said == "quota team has no room for the rollout: pods is 3, 1 in use, 3 more at its height"


def test_a_rollout_needs_room_for_new_pods_beside_the_old_ones() -> None:
    made = deployment(SMALL, replicas=2)
    (said,) = exceeded([made], [running(made, 2)], [quota({"pods": "2"}, pods="2")])
    assert "2 in use, 1 more at its height" in said
    assert list(exceeded([made], [running(made, 2)], [quota({"pods": "2"}, pods="3")])) == []


def test_one_that_recreates_its_pods_needs_no_more() -> None:
    made = deployment(SMALL)
    made["spec"]["strategy"] = {"type": "Recreate"}
    assert list(exceeded([made], [running(made, 1)], [quota({"pods": "1"}, pods="1")])) == []


def test_a_surge_in_numbers_counts_as_it_is() -> None:
    made = deployment(SMALL, replicas=2)
    made["spec"]["strategy"] = {"rollingUpdate": {"maxSurge": 2}}
    assert list(exceeded([made], [running(made, 2)], [quota({"pods": "2"}, pods="3")]))


@pytest.mark.parametrize(
    ("name", "limit", "used"),
    [
        ("requests.cpu", "300m", "100m"),
        ("cpu", "300m", "100m"),
        ("requests.memory", "100Mi", "64Mi"),
        ("memory", "100Mi", "64Mi"),
        ("limits.memory", "200Mi", "128Mi"),
    ],
)
def test_each_resource_is_counted(name: str, limit: str, used: str) -> None:
    assert list(exceeded([deployment(SMALL)], [], [quota({name: used}, **{name: limit})]))
    assert not list(exceeded([deployment(SMALL)], [], [quota({name: "0"}, **{name: limit})]))


def test_a_limit_stands_for_a_request_that_is_not_given() -> None:
    made = deployment({"resources": {"limits": {"cpu": "2"}}})
    assert list(exceeded([made], [], [quota({}, **{"requests.cpu": "1"})]))


def test_what_runs_first_counts_where_it_is_the_biggest() -> None:
    big = {"name": "i", "resources": {"requests": {"cpu": "1"}}}
    made = deployment(SMALL, initContainers=[big])
    assert list(exceeded([made], [], [quota({}, **{"requests.cpu": "500m"})]))


def test_stateful_sets_and_jobs_count_what_they_add() -> None:
    made = {**deployment(SMALL, replicas=2), "kind": "StatefulSet"}
    assert list(exceeded([made], [running(made, 1)], [quota({"pods": "2"}, pods="2")]))
    assert not list(exceeded([made], [running(made, 2)], [quota({"pods": "2"}, pods="2")]))
    job = {**deployment(SMALL), "kind": "Job"}
    assert list(exceeded([job], [], [quota({"pods": "2"}, pods="2")]))
    assert not list(exceeded([hook(job)], [], [quota({"pods": "2"}, pods="2")]))
    resting = {**job, "spec": {**job["spec"], "suspend": True}}
    assert not list(exceeded([resting], [], [quota({"pods": "2"}, pods="2")]))


def test_what_a_quota_says_of_other_things_is_the_servers_to_judge() -> None:
    assert not list(exceeded([deployment(SMALL)], [], [quota({}, services="0")]))


@pytest.mark.parametrize("pod", USED)
def test_a_pod_counts_for_what_kubernetes_counts(pod: str) -> None:
    spec, wanted = USED[pod]
    assert usage(spec) == {"pods": 1, **{name: read(amount) for name, amount in wanted.items()}}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_quota_counts_the_pods_of_its_scopes(scope: str) -> None:
    scopes, wanted = SCOPES[scope]
    assert tuple(pod for pod, spec in PODS.items() if counts({"spec": scopes}, spec)) == wanted


def test_a_sidecar_counts_beside_the_program_and_other_quotas_do_not_count_it() -> None:
    sidecar = {"name": "agent", "restartPolicy": "Always", "resources": {"requests": {"cpu": "100m"}}}
    made = deployment(SMALL, initContainers=[sidecar])
    assert list(exceeded([made], [], [quota({}, **{"requests.cpu": "300m"})]))
    assert not list(exceeded([made], [], [quota({}, **{"requests.cpu": "350m"})]))
    brief = {**quota({}, pods="0"), "spec": {"scopes": ["Terminating"]}}
    assert not list(exceeded([made], [], [brief]))


@pytest.mark.parametrize("share", [None, "", "x", "-1", 1.5, "25%%"])
def test_what_the_chart_leaves_empty_or_wrong_is_the_servers_to_judge(share: object) -> None:
    made = deployment(SMALL)
    made["spec"] |= {"replicas": None, "strategy": {"rollingUpdate": {"maxSurge": share}}}
    assert not list(exceeded([made], [running(made, 1)], [quota({"pods": "1"}, pods="2")]))
