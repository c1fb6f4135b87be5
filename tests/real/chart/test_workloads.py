"""What the application's chart makes, running: workloads, tasks, flows between applications."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.real import app
from tests.real.app import Application, eventually

WHOLE = """
processes:
  worker: {command: [python, -u, -c, "import time; print('working'); time.sleep(3600)"]}
  nightly: {command: [python, -c, "print('it is night')"], schedule: "0 3 * * *"}
before:
  a-schema: [python, -c, "print('first the schema')"]
  b-data: [python, -c, "print('then the data')"]
"""


def _ready(pod: Mapping[str, Any]) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"]["conditions"])


def _pods(application: Application, component: str) -> list[dict[str, Any]]:
    return [
        each
        for each in application.objects("pods")
        if each["metadata"]["labels"].get("app.kubernetes.io/component") == component
    ]


def test_web_worker_cron_and_migration_run(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path) as application:
        application.write("app.yaml", (application.folder / "app.yaml").read_text() + WHOLE)
        application.replace("app.yaml", "replicas: 1", "replicas: 2\n  autoscale: {max: 4}")
        application.must("generate")
        application.commit()
        application.until("verify")
        # The autoscaler takes the Deployment to its least number in its own time.
        assert eventually(lambda: [_ready(each) for each in _pods(application, "web")] == [True, True], 60)
        assert [_ready(each) for each in _pods(application, "worker")] == [True]
        (job,) = _pods(application, "before.job")
        steps = [each["name"] for each in (*job["spec"]["initContainers"], *job["spec"]["containers"])]
        assert steps == ["a-schema", "b-data"]
        assert job["status"]["phase"] == "Succeeded"
        application.tool(
            "kubectl", "-n", application.namespace, "create", "job", "--from=cronjob/orders-nightly", "now"
        )
        arguments = (
            "-n",
            application.namespace,
            "wait",
            "--for=condition=Complete",
            "job/now",
            "--timeout=60s",
        )
        application.tool("kubectl", *arguments)
        assert "it is night" in application.tool("kubectl", "-n", application.namespace, "logs", "job/now")
        (budget,) = application.objects("poddisruptionbudgets")
        assert budget["status"]["expectedPods"] == 2
        (scaler,) = application.objects("horizontalpodautoscalers")
        assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (2, 4)


def test_a_failing_migration_stops_the_rollout_and_says_why(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path) as application:
        application.until("deploy")
        text = (application.folder / "app.yaml").read_text()
        application.write("app.yaml", text + 'before: {migrate: [python, -c, "raise SystemExit(3)"]}\n')
        application.must("generate")
        application.commit()
        application.until("publish")
        said = application.verb("deploy", "--timeout", "60")
        assert said.code == 5
        assert "migrate ended with exit code 3" in said.err, said.err
        assert "orders" in application.http(), "what ran before runs on"


def _opened(caller: Application, callee: Application) -> bool:
    """Whether the caller's pod gets an answer from the callee's Service."""
    address = f"http://{callee.name}.{callee.namespace}/healthz"
    code = f"import urllib.request as u; u.urlopen({address!r}, timeout=2).read()"
    done = subprocess.run(
        ["kubectl", "-n", caller.namespace, "exec", f"deployment/{caller.name}", "--", "python", "-c", code],
        env={"HOME": str(caller.folder), **caller.env},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode == 0


def test_a_flow_is_open_only_when_both_sides_say_so(testbed: Mapping[str, str], tmp_path: Path) -> None:
    team = f"t{time.time_ns() % 10**8}"
    with (
        app.new(testbed, tmp_path, name="orders", team=team) as orders,
        app.new(testbed, tmp_path, name="shop", team=team) as shop,
        app.new(testbed, tmp_path, name="stranger", team=team) as stranger,
    ):
        for caller in (shop, stranger):
            caller.write("app.yaml", (caller.folder / "app.yaml").read_text() + "calls: [orders]\n")
        for each in (orders, shop, stranger):
            each.must("generate")
            each.commit()
            each.until("deploy")
        assert not _opened(shop, orders), "the callee has not agreed"
        orders.write("app.yaml", (orders.folder / "app.yaml").read_text() + "accepts: [shop]\n")
        orders.must("generate")
        orders.commit()
        orders.until("verify")
        assert eventually(lambda: _opened(shop, orders))
        assert not _opened(stranger, orders), "the callee accepts somebody else"
        assert not _opened(orders, shop), "a flow has a direction"
