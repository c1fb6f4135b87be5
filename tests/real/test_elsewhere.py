"""What a chart has in another namespace than its release's is looked at there, as at home."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.real import app, workloads
from tests.real.app import Application
from tests.real.test_owner import with_helm
from tests.real.test_unwaited import job
from tests.real.workloads import add, pod, workload


@pytest.fixture(params=["helm 4", "helm 3"])
def running(request: pytest.FixtureRequest, testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Any]:
    """An application that is deployed, with that Helm on the path, and a second namespace."""
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        application = with_helm(application, request.param)
        application.until("deploy")
        application.tool("kubectl", "create", "namespace", more(application))
        try:
            yield application
        finally:
            application.tool("kubectl", "delete", "namespace", more(application), "--wait=false")


def more(application: Application) -> str:
    return f"{application.namespace}-more"


def there(application: Application, made: dict[str, Any]) -> dict[str, Any]:
    return {**made, "metadata": {**made["metadata"], "namespace": more(application)}}


def test_a_quota_and_a_job_that_rests_are_told_with_their_namespace(running: Application) -> None:
    resting = there(running, job(running, "resting", suspend=True))
    add(running, resting, there(running, {**workload(pod(running)), "metadata": {"name": "orders-extra"}}))
    running.tool("kubectl", "-n", more(running), "create", "quota", "team", "--hard=pods=0")
    planned = running.must("deploy", "--plan").out
    told = f"pods is 0, 0 in use, 1 more at its height (namespace {more(running)})"
    assert f"refused: quota team has no room for the rollout: {told}" in planned, planned
    refused = running.verb("deploy")
    assert (refused.code, told in refused.err) == (6, True), refused.err
    running.tool("kubectl", "-n", more(running), "delete", "quota", "team")
    began = time.monotonic()
    said = running.must("deploy", "--timeout", "90")
    assert time.monotonic() - began < 60
    place = f"(namespace {more(running)})"
    assert f"not waited for: Job/resting {place}: it is suspended" in said.err, said.err
    assert running.must("deploy", "--check").code == 0


def test_a_claim_that_waits_for_a_pod_is_told_before(running: Application) -> None:
    name = f"late-{running.namespace}"
    late = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    asked = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {**asked, "storageClassName": name},
    }
    workloads.apply(running, late)
    try:
        for made, title in ((claim, "data"), (there(running, claim), f"data (namespace {more(running)})")):
            add(running, made)
            told = f"PersistentVolumeClaim/{title} gets a volume with its first pod, and the chart has none"
            assert f"awaited: {told}" in running.must("deploy", "--plan").out
        failed = running.verb("deploy", "--timeout", "15")
        assert failed.code == 5
        assert f"{told} for it: it will be waited for" in failed.err, failed.err
        mounted = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
        add(running, claim, workload({**pod(running), "volumes": mounted}))
        assert "PersistentVolumeClaim/data gets" not in running.must("deploy", "--plan").out
    finally:
        running.tool("kubectl", "delete", "storageclass", name)
