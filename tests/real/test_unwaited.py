"""Jobs that never count as ready: one that rests, and one that is gone before the rest of the chart runs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.real import app, workloads
from tests.real.app import Application
from tests.real.test_owner import kubectl, with_helm
from tests.real.workloads import add, pod, workload


@pytest.fixture(params=["helm 4", "helm 3"])
def running(request: pytest.FixtureRequest, testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Any]:
    """An application that is deployed, with that Helm on the path."""
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        application = with_helm(application, request.param)
        application.until("deploy")
        yield application


def job(application: Application, name: str, **spec: Any) -> dict[str, Any]:
    """A Job of the chart that ends at once, or rests."""
    made = {**pod(application, name=name, command=["true"]), "restartPolicy": "Never"}
    template = {"metadata": {"labels": workloads.OWN}, "spec": made}
    spec = {"template": template, **spec}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec}


def late(application: Application, **more: Any) -> dict[str, Any]:
    """A Deployment that is ready after the Jobs have ended, long before a deployment's time is up."""
    probe = {"exec": {"command": ["true"]}, "initialDelaySeconds": 8, "periodSeconds": 1}
    return workload(pod(application, readinessProbe=probe, **more))


JOBS: tuple[dict[str, Any], ...] = (
    {"name": "passing", "ttlSecondsAfterFinished": 0},
    {"name": "resting", "suspend": True},
)
SAID = (
    "not waited for: Job/passing: it goes by itself when it has ended",
    "not waited for: Job/resting: it is suspended",
)


def test_what_never_counts_as_ready_is_told_and_not_waited_for(running: Application) -> None:
    add(running, *(job(running, **each) for each in JOBS), late(running))
    planned = running.must("deploy", "--plan").out
    assert all(each in planned for each in SAID), planned
    began = time.monotonic()
    said = running.must("deploy", "--timeout", "90")
    assert time.monotonic() - began < 60
    assert all(each in said.err for each in SAID), said.err
    assert [each["metadata"]["name"] for each in running.objects("jobs")] == ["resting"]
    (ready,) = (each for each in running.objects("deployments") if each["metadata"]["name"] == "orders-extra")
    assert ready["status"]["readyReplicas"] == 1, "everything else is waited for"
    assert running.must("deploy", "--check").code == 0

    # The way back makes the Jobs anew, and waits for them no more than the way there.
    add(running, *(job(running, **each) for each in JOBS), late(running, command=["no-such-program"]))
    began = time.monotonic()
    failed = running.verb("deploy", "--timeout", "90")
    assert time.monotonic() - began < 85
    assert failed.code == 5
    assert "rolled back to revision 2, which runs" in failed.err, failed.err


def test_a_job_that_a_hand_has_suspended_holds_up_no_deployment(running: Application) -> None:
    slow = job(running, "slow", ttlSecondsAfterFinished=None)
    slow["spec"]["template"]["spec"]["containers"][0]["command"] = ["sleep", "3600"]
    add(running, slow)
    running.must("deploy")
    kubectl(running, "patch", "job", "slow", "--patch", '{"spec": {"suspend": true}}')
    add(running, slow, late(running))
    began = time.monotonic()
    said = running.must("deploy", "--timeout", "90")
    assert time.monotonic() - began < 60
    assert "not waited for: Job/slow: it is suspended" in said.err


def test_a_hook_that_is_suspended_is_waited_for_and_named(running: Application) -> None:
    resting = job(running, "resting", suspend=True)
    resting["metadata"]["annotations"] = {"helm.sh/hook": "pre-upgrade"}
    add(running, resting)
    assert "awaited: Job/resting is suspended" in running.must("deploy", "--plan").out
    failed = running.verb("deploy", "--timeout", "15")
    assert failed.code == 5
    assert "Job/resting is suspended: it will be waited for" in failed.err, failed.err
