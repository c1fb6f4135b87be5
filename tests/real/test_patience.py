"""What a deployment waits for, what ends it at once, what it says then, and what runs afterwards."""

from __future__ import annotations

import base64
import gzip
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests import matrix
from tests.real import app, workloads
from tests.real.app import BIN, Application
from tests.real.test_owner import with_helm
from tests.real.workloads import add, pod, workload


@pytest.fixture
def running(testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Application]:
    """An application that is deployed."""
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        application.until("deploy")
        yield application


def _once_there(application: Application, seconds: float, act: Callable[[], object]) -> None:
    """Do it so long after the pod of what was added has come, which is late on a busy machine."""

    def has_come() -> bool:
        return any("extra" in each["metadata"]["name"] for each in application.objects("pods"))

    assert app.eventually(has_come, 120)
    time.sleep(seconds)
    act()


def _history(application: Application) -> list[tuple[str, str]]:
    """Status and description of each revision, oldest first."""
    words = ("helm", "history", "orders", "--namespace", application.namespace, "--output", "json")
    return [(each["status"], each["description"]) for each in json.loads(application.tool(*words))]


def _key_of(name: str, key: str) -> list[dict[str, Any]]:
    return [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": name, "key": key}}}]


def test_what_comes_late_is_waited_for(running: Application) -> None:
    add(running, workload(pod(running, env=_key_of("late", "key"))))
    words = ("kubectl", "-n", running.namespace, "create", "configmap", "late", "--from-literal=key=x")
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(_once_there, running, 12, lambda: running.tool(*words))
        said = running.must("deploy")
        made.result()
    assert "configmap late is not there; waits up to 60 s for configmap late" in said.err
    assert [status for status, _ in _history(running)] == ["superseded", "deployed"]


def _broken(application: Application) -> dict[str, tuple[dict[str, Any], str]]:
    """Pods that never start, and what is said of them."""
    exits = ["sh", "-c", "echo no database; exit 3"]
    return {
        "a key that is not there": (pod(application, env=_key_of("there", "no")), "there has no key 'no'"),
        "a locked image": (
            pod(application, image=workloads.locked(application)),
            "the registry denies it and the pod names no pull secret",
        ),
        "a name that is none": (pod(application, image="host/UPPER"), "InvalidImageName"),
        "crashes": (pod(application, command=exits), "extra ended with exit code 3"),
        "no program": (pod(application, command=["nothere"]), '"nothere": executable file not found'),
    }


@pytest.mark.parametrize(
    ("case", "helm"),
    matrix.sampled(
        "deploy",
        [
            ("a key that is not there", "helm 4"),
            ("a locked image", "helm 4"),
            ("a name that is none", "helm 4"),
            ("crashes", "helm 4"),
            ("crashes", "helm 3"),
            ("no program", "helm 4"),
        ],
        keep=2,
    ),
)
def test_what_is_final_ends_at_once_and_what_ran_runs_again(
    running: Application, case: str, helm: str
) -> None:
    running = with_helm(running, helm)
    running.tool("kubectl", "-n", running.namespace, "create", "configmap", "there", "--from-literal=key=x")
    spec, reason = _broken(running)[case]
    add(running, workload(spec))
    said = running.verb("deploy", "--timeout", "200")
    assert said.code == 5
    assert reason in said.reason, said.err
    assert said.err.count("error: ") == 1, said.err
    assert "rolled back to revision 1, which runs" in said.err
    if case == "crashes":
        assert said.err.splitlines()[said.err.splitlines().index(said.reason) + 2].strip() == "no database"
    before, failed, now = _history(running)
    assert (before[0], failed[0], now[0]) == ("superseded", "failed", "deployed")
    assert "context canceled" in failed[1], "it was the time that was up"
    assert [each["metadata"]["name"] for each in running.objects("deployments")] == ["orders"]
    assert running.verb("status").code == 0


@pytest.mark.parametrize(
    ("command", "answer"),
    matrix.sampled(
        "deploy",
        [
            (["httpd", "-f", "-p", "8080", "-h", "/tmp"], "404"),
            (["sleep", "3600"], "connection refused"),
        ],
        keep=1,
    ),
)
def test_the_probe_that_fails_is_told_with_its_answer(
    running: Application, command: list[str], answer: str
) -> None:
    spec = pod(
        running,
        command=command,
        ports=[{"name": "http", "containerPort": 8080}],
        readinessProbe={"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 1},
    )
    add(running, workload(spec))
    said = running.verb("deploy", "--timeout", "15")
    assert said.code == 5
    assert f"extra runs, but is not ready: readiness probe /ready on 8080: {answer}" in said.reason, said.err
    assert "rolled back to revision 1, which runs" in said.err


@pytest.mark.matrix("deploy")
def test_a_kubeconfig_that_goes_while_helm_waits_ends_the_wait_and_is_the_reason(
    running: Application, tmp_path: Path
) -> None:
    add(running, workload(pod(running, readinessProbe={"tcpSocket": {"port": 8080}})))
    config = tmp_path / "kubeconfig"
    config.write_text(running.tool("kubectl", "config", "view", "--raw", "--flatten"))
    with ThreadPoolExecutor(1) as pool:
        gone = pool.submit(_once_there, running, 3, config.unlink)
        said = running.verb("deploy", "--timeout", "200", env={"KUBECONFIG": str(config)})
        gone.result()
    assert said.code == 5
    assert said.reason == f"error: there is no kube context '{running.env['PIPELINEKIT_CONTEXT']}'", said.err
    status, description = _history(running)[-1]
    assert status == "failed"
    assert "context canceled" in description, "it was the time that was up"


@pytest.mark.matrix("deploy")
def test_a_pull_secret_that_is_not_there_is_named_and_waited_for(running: Application) -> None:
    spec = {**pod(running, image="127.0.0.1:1/nothere:1"), "imagePullSecrets": [{"name": "registry-login"}]}
    with workloads.external_secrets(running) as version:
        add(running, workloads.external_secret(version, "registry-login"), workload(spec))
        said = running.verb("deploy", "--timeout", "20")
    assert said.code == 5
    assert "pull secret registry-login is not there" in said.reason, said.err
    assert "s for pull secret registry-login" in said.err


def test_a_stateful_set_that_a_bad_image_has_stuck_is_freed(running: Application) -> None:
    add(running, workload(pod(running), "StatefulSet"))
    running.must("deploy")
    add(running, workload(pod(running, image=workloads.locked(running)), "StatefulSet"))
    said = running.verb("deploy", "--timeout", "100")
    assert said.code == 5
    assert "the registry denies it" in said.reason, said.err
    assert "deleting pod orders-extra-0, so that it is made anew" in said.err
    assert "rolled back to revision 2, which runs" in said.err
    (found,) = running.objects("statefulsets")
    assert found["status"]["readyReplicas"] == 1


@pytest.mark.matrix("deploy")
def test_a_first_installation_that_fails_is_left_to_look_at(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        add(application, workload(pod(application, command=["sh", "-c", "exit 3"])))
        said = application.verb("deploy")
        assert said.code == 5
        assert "what was made is left for you to look at" in said.err
        assert len(application.objects("deployments")) == 2
        add(application, workload(pod(application)))
        application.must("deploy")


def _slow(spec: dict[str, Any]) -> dict[str, Any]:
    """A workload whose rollback takes a while: its pod goes first, and counts late."""
    made = workload(spec)
    return {**made, "spec": {**made["spec"], "strategy": {"type": "Recreate"}, "minReadySeconds": 6}}


@pytest.mark.matrix("deploy")
def test_a_rollback_that_is_killed_is_taken_over(running: Application) -> None:
    add(running, _slow(pod(running)))
    running.must("deploy")
    add(running, _slow(pod(running, image=workloads.locked(running))))
    with subprocess.Popen(
        [str(BIN / "pipelinekit"), "deploy"],
        cwd=running.folder,
        env={**os.environ, **running.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        assert any("rolling back" in line for line in process.stderr)
        assert app.eventually(lambda: _history(running)[-1][0] == "pending-rollback")
        process.send_signal(signal.SIGKILL)
    add(running, _slow(pod(running)))
    said = running.must("deploy")
    assert "an earlier deployment was killed in the middle (revision 4): taking over" in said.err


# --- what is not ours -----------------------------------------------------------------------------


def _rewrite(application: Application, status: str, release: str | None = None) -> None:
    """Change the status in Helm's record of the newest revision, or put another text in its place."""
    words = ("kubectl", "-n", application.namespace, "get", "secrets", "-l", "owner=helm", "-o", "json")
    record = json.loads(application.tool(*words))["items"][-1]
    body = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(record["data"]["release"]))))
    body["info"]["status"] = status
    text = base64.b64encode(gzip.compress(json.dumps(body).encode())).decode() if release is None else release
    record["data"]["release"] = base64.b64encode(text.encode()).decode()
    record["metadata"]["labels"]["status"] = status
    for each in ("resourceVersion", "managedFields"):
        record["metadata"].pop(each, None)
    application.tool("kubectl", "-n", application.namespace, "replace", "-f", "-", stdin=json.dumps(record))


def test_records_that_others_left_get_a_next_step_and_are_never_deleted(running: Application) -> None:
    def records() -> list[str]:
        secrets = running.objects("secrets")
        return [each["metadata"]["name"] for each in secrets if each["type"].startswith("helm.sh/")]

    _rewrite(running, "uninstalling")
    said = running.verb("deploy")
    assert said.code == 6
    assert "release 'orders' is being removed" in said.reason
    assert f"helm uninstall orders --namespace {running.namespace}" in said.err
    _rewrite(running, "deployed", "no release")
    said = running.verb("deploy")
    assert said.code == 5
    assert "a record of release orders is damaged, what runs is not" in said.err
    assert records() == ["sh.helm.release.v1.orders.v1"]


def test_an_object_of_somebody_else_is_named_with_how_to_hand_it_over(running: Application) -> None:
    own = running.namespace
    running.tool("kubectl", "-n", own, "create", "configmap", "settings", "--from-literal=a=theirs")
    add(
        running,
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "b"}},
    )
    said = running.verb("deploy")
    assert said.code == 5
    assert "exists and cannot be imported" in said.reason
    assert "configmap settings was not made by release orders" in said.err
    kept = json.loads(running.tool("kubectl", "-n", own, "get", "configmap", "settings", "-o", "json"))
    assert kept["data"] == {"a": "theirs"}
