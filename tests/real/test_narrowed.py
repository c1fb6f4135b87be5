"""What a platform's rules do to an application that runs: limits, and logins and rights that end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests import matrix
from tests.real import app, workloads
from tests.real.app import Application
from tests.real.workloads import add, pod, workload

ALL = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]


@pytest.fixture(scope="module")
def running(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with app.new(testbed, tmp_path_factory.mktemp("narrowed"), "dockerfile") as application:
        application.until("deploy")
        yield application


def _limit(application: Application, **limits: Any) -> None:
    application.tool(
        "kubectl", "-n", application.namespace, "delete", "limitrange", "limits", "--ignore-not-found"
    )
    spec = {"limits": [{"type": "Container", **limits}]}
    metadata = {"name": "limits"}
    workloads.apply(
        application, {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": spec}
    )


def test_defaults_of_a_limit_range_are_no_drift_and_its_bounds_are_told_before_anything_is_done(
    running: Application,
) -> None:
    kubectl = ("kubectl", "-n", running.namespace)
    _limit(running, default={"cpu": "500m", "ephemeral-storage": "100Mi"})
    running.tool(*kubectl, "rollout", "restart", "deployment/orders")
    checked = running.must("deploy", "--check")
    assert "declared" not in checked.out
    assert running.must("deploy", "--json").json()[0]["acted"] is False
    _limit(running, min={"memory": "10Gi"})
    running.write("index.html", "orders")
    running.commit()
    running.until("publish")
    said = running.verb("deploy")
    assert said.code == 6
    assert "are refused: minimum memory usage per Container is 10Gi, but request is 64Mi" in said.reason
    assert "`kubectl get limitranges --all-namespaces`" in said.err
    running.tool(*kubectl, "delete", "limitrange", "limits")
    running.must("deploy")


@pytest.mark.parametrize(
    ("what", "reason"),
    matrix.sampled(
        "deploy",
        [("rolebinding", "the cluster refuses: "), ("serviceaccount", "does not take this login")],
        keep=1,
    ),
)
def test_rights_or_a_login_that_end_in_the_middle_end_the_wait_and_the_next_deployment_takes_over(
    running: Application, tmp_path: Path, what: str, reason: str
) -> None:
    config = workloads.account(running, tmp_path, ALL, f"ending-{what}")
    add(running, workload(pod(running, readinessProbe={"tcpSocket": {"port": 8080}})))

    def end() -> None:
        def names() -> list[str]:
            return [each["metadata"]["name"] for each in running.objects("pods")]

        assert app.eventually(lambda: any("extra" in each for each in names()), 60)
        running.tool("kubectl", "-n", running.namespace, "delete", what, f"ending-{what}")

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(end)
        said = running.verb("deploy", "--timeout", "200", env={"KUBECONFIG": str(config)})
        ended.result()
    assert said.code == 5
    assert reason in said.reason, said.err
    assert "it may be applied in part: the next deploy with a login that may takes it over" in said.err
    (running.folder / "charts/orders/templates/extra.yaml").unlink()
    running.commit()
    running.until("publish")
    assert "taking over" in running.must("deploy").err
    running.must("deploy", "--check")
