from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.troubles.containers import COMING, NODE, pod_troubles, statuses
from tests.podstates import container, event, pod, waiting

CONFIG = "CreateContainerConfigError"


@pytest.mark.parametrize(
    ("message", "awaited"),
    [
        ('secret "orders-api" not found', "secret orders-api"),
        ('configmap "settings" not found', "configmap settings"),
    ],
)
def test_what_may_still_come_is_awaited(message: str, awaited: str) -> None:
    (found,) = pod_troubles(pod(waiting(CONFIG, message)), [])
    assert (found.final, found.awaited, found.patience) == (False, awaited, COMING)
    assert str(found) == f"pod orders-1: web cannot start: {awaited} is not there"


@pytest.mark.parametrize(
    ("reason", "message", "words"),
    [
        (
            CONFIG,
            "couldn't find key key in Secret ns/there",
            "web cannot start: secret there has no key 'key'",
        ),
        (
            CONFIG,
            'container has runAsNonRoot and image will run as root (pod: "r_ns(6f)", container: web)',
            f"web cannot start: {CONFIG}: container has runAsNonRoot and image will run as root",
        ),
        ("InvalidImageName", "couldn't parse", "web cannot start: InvalidImageName: couldn't parse"),
        ("ErrImageNeverPull", "not present", "web cannot start: ErrImageNeverPull: not present"),
        (
            "CreateContainerError",
            'exec: "x": executable file not found in $PATH',
            'web cannot start: CreateContainerError: exec: "x": executable file not found in $PATH',
        ),
    ],
)
def test_what_is_final_is_not_waited_for(reason: str, message: str, words: str) -> None:
    (found,) = pod_troubles(pod(waiting(reason, message)), [])
    assert (found.final, found.problem) == (True, words)


def test_a_key_that_is_not_there_names_whose_it_is() -> None:
    """Somebody may keep that Secret: it is awaited then."""
    (found,) = pod_troubles(pod(waiting(CONFIG, "couldn't find key key in Secret ns/there")), [])
    assert (found.awaited, found.patience) == ("secret there", COMING)


def test_what_nobody_knows_is_given_some_time() -> None:
    (found,) = pod_troubles(pod(waiting("CreateContainerError", "context deadline exceeded")), [])
    assert (found.final, found.awaited) == (False, "container web")


def test_a_pod_without_a_node_waits_for_one() -> None:
    condition = {"type": "PodScheduled", "status": "False", "message": "0/1 nodes: Insufficient cpu."}
    (found,) = pod_troubles(pod({"phase": "Pending", "conditions": [condition]}), [])
    assert (found.problem, found.awaited, found.patience) == (
        "no node: 0/1 nodes: Insufficient cpu.",
        "a node",
        NODE,
    )


def crashed(restarts: int, **last: Any) -> dict[str, Any]:
    ended = {"exitCode": 3, "reason": "Error", **last}
    return waiting("CrashLoopBackOff", "back-off", restartCount=restarts, lastState={"terminated": ended})


@pytest.mark.parametrize(("restarts", "final"), [(1, False), (2, True)])
def test_a_container_that_keeps_crashing_is_final(restarts: int, final: bool) -> None:
    (found,) = pod_troubles(pod(crashed(restarts)), [])
    assert (found.problem, found.final) == ("web ended with exit code 3", final)
    assert (found.container, found.restarts) == ("web", restarts)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ({"exitCode": 137, "reason": "OOMKilled"}, "web was killed: it needs more memory than its limit"),
        ({"exitCode": 0, "reason": "Completed"}, "web ended with exit code 0 (Completed)"),
        (
            {
                "exitCode": 128,
                "reason": "StartError",
                "message": 'failed: unable to start container process: exec: "x": executable file not found',
            },
            'web ended with exit code 128 (StartError): exec: "x": executable file not found',
        ),
    ],
)
def test_what_it_died_of_is_told(last: dict[str, Any], words: str) -> None:
    (found,) = pod_troubles(pod(crashed(2, **last)), [])
    assert words in found.problem


def test_a_container_that_a_probe_has_stopped_is_told_with_the_probe() -> None:
    said = event("Unhealthy", "Startup probe failed: connection refused", fieldPath="spec.containers{web}")
    (found,) = pod_troubles(pod(crashed(2, exitCode=137)), [said])
    assert found.problem.startswith("web was stopped: startup probe")


def test_a_container_that_ended_and_is_not_started_again_yet_has_a_log() -> None:
    status = container({"terminated": {"exitCode": 1, "reason": "Error"}})
    (found,) = pod_troubles(pod(status), [])
    assert (found.problem, found.final, found.container) == ("web ended with exit code 1", False, "web")


def test_a_volume_of_a_missing_secret_waits_for_it() -> None:
    said = event("FailedMount", 'MountVolume.SetUp failed for volume "v" : secret "late" not found')
    (found,) = pod_troubles(pod(waiting("ContainerCreating")), [said])
    assert (found.awaited, found.problem) == ("secret late", "secret late is not there")


def test_a_volume_with_a_missing_key_is_final() -> None:
    said = event("FailedMount", 'failed for volume "v" : references non-existent secret key: key')
    (found,) = pod_troubles(pod(waiting("ContainerCreating")), [said])
    assert found.final


def test_any_other_volume_is_awaited() -> None:
    (found,) = pod_troubles(pod(waiting("ContainerCreating")), [event("FailedAttachVolume", "in use")])
    assert (found.awaited, found.problem) == ("a volume", "in use")


def test_one_that_runs_and_is_not_ready_is_told_without_an_end() -> None:
    (found,) = pod_troubles(pod({**container({"running": {}}), "phase": "Running"}), [])
    assert (found.problem, found.final, found.awaited) == ("web runs, but is not ready", False, "")


@pytest.mark.parametrize(("restarts", "starting"), [(0, True), (1, False)])
def test_only_one_that_never_died_is_taken_to_be_starting(restarts: int, starting: bool) -> None:
    (found,) = pod_troubles(pod(container({"running": {}}, restartCount=restarts)), [])
    assert found.starting is starting


@pytest.mark.parametrize(
    "calm",
    [
        pod({**container({"running": {}}, ready=True), "phase": "Running"}),
        pod({**waiting(CONFIG, 'secret "x" not found'), "phase": "Succeeded"}),
        pod(waiting(CONFIG, 'secret "x" not found'), deletionTimestamp="2026-11-28T15:04:23Z"),
        pod(waiting("ContainerCreating")),
        pod({}),
    ],
    ids=["ready", "done", "going", "starting", "new"],
)
def test_no_news_is_no_trouble(calm: dict[str, Any]) -> None:
    assert pod_troubles(calm, []) == []


def test_a_container_that_runs_before_others_is_not_ready_on_purpose() -> None:
    spec = {"initContainers": [{"name": "web"}], "containers": []}
    status = {"initContainerStatuses": container({"running": {}})["containerStatuses"]}
    assert pod_troubles(pod(status, spec), []) == []


def test_containers_that_run_first_are_in_front() -> None:
    status = {"initContainerStatuses": [{"name": "a"}], "containerStatuses": [{"name": "b"}]}
    assert [each["name"] for each in statuses(pod(status))] == ["a", "b"]
