"""Tasks before a rollout on a real cluster: their network, never two at once, what they said."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.real import app
from tests.real.app import Application, eventually
from tests.real.kube import Kube, namespace

CLOSED: dict[str, Any] = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "default-deny"},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
}
# Half a second after it began a pod may not be covered by any policy yet: what was open then proves nothing.
ASKS = (
    "import time, urllib.request as u; time.sleep(4); u.urlopen('{}', timeout=5).read(); print('was there')"
)


def serve(kube: Kube, image: str) -> str:
    """The address of a pod that answers over HTTP."""
    server = {
        "name": "server",
        "image": image,
        "command": ["python", "-m", "http.server", "5432", "--directory", "/tmp"],
    }
    kube.apply(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "server", "labels": {"app": "server"}},
            "spec": {"containers": [server], "terminationGracePeriodSeconds": 0},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "server"},
            "spec": {"selector": {"app": "server"}, "ports": [{"port": 5432}]},
        },
    )
    kube.ready("server")
    return f"http://server.{kube.namespace}:5432/"


def describe(application: Application, *, services: str = "", task: str = "") -> None:
    """Give the application services and a task, and publish it."""
    text = (application.folder / "app.yaml").read_text().split("services:")[0].split("before:")[0]
    before = f'before: {{migrate: [python, -u, -c, "{task}"]}}\n' if task else ""
    application.write("app.yaml", text + (f"services: [{{type: {services}}}]\n" if services else "") + before)
    application.must("generate")
    if services:
        # A kind of the platform's own: without its port no way there is open.
        values = application.folder / "charts" / "orders" / "values.yaml"
        named = re.sub(r"(?m)^  services: .*$", f"  services: {{{services}: [5432]}}", values.read_text())
        application.write("charts/orders/values.yaml", named)
    application.commit()
    application.until("publish")


def logs(application: Application) -> str:
    return application.tool("kubectl", "-n", application.namespace, "logs", "job/orders-before")


def test_a_task_has_its_network_at_the_first_install_and_to_a_service_that_an_upgrade_adds(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    image = f"{testbed['PK_TESTBED_REGISTRY']}/library/python:3.11-slim"
    first, second = (f"sql{time.time_ns() % 10**8}{each}" for each in "ab")
    with (
        namespace(testbed, {"pipelinekit.dev/service": first}) as one,
        namespace(testbed, {"pipelinekit.dev/service": second}) as two,
        app.new(testbed, tmp_path) as application,
    ):
        addresses = [serve(each, image) for each in (one, two)]
        application.tool("kubectl", "create", "namespace", application.namespace)
        Kube(testbed, application.namespace).apply(CLOSED)
        describe(application, services=first, task=ASKS.format(addresses[0]))
        application.must("deploy", "--timeout", "60")
        assert "was there" in logs(application)
        describe(application, services=second, task=ASKS.format(addresses[1]))
        application.must("deploy", "--timeout", "60")
        assert "was there" in logs(application)
        describe(application, services=second, task=ASKS.format(addresses[0]))
        said = application.verb("deploy", "--timeout", "60")
        assert said.code == 5
        assert "task migrate ended with exit code 1" in said.reason, said.err
        assert "urllib.error.URLError" in said.err, "its last lines"


@contextmanager
def counted(application: Application) -> Iterator[list[int]]:
    """How many of the tasks' programs ran, five times a second during the block."""
    samples: list[int] = []
    over = threading.Event()

    def sample() -> None:
        while not over.wait(0.2):
            pods = application.objects("pods")
            tasks = [
                each
                for each in pods
                if each["metadata"]["labels"].get("app.kubernetes.io/component") == "before.job"
            ]
            states = [
                status.get("state", {})
                for each in tasks
                for status in each["status"]["containerStatuses"] or ()
            ]
            samples.append(sum("running" in each for each in states))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()


SLOW = "import time; print('begins', flush=True); time.sleep({}); print('ends')"


def running(application: Application) -> bool:
    return any(
        "running" in status.get("state", {})
        for each in application.objects("pods")
        if each["metadata"]["labels"].get("app.kubernetes.io/component") == "before.job"
        for status in each["status"].get("containerStatuses", ())
    )


def test_two_tasks_never_run_at_once_after_a_kill(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path) as application:
        describe(application, task=SLOW.format(15))
        assert application.kill(8, "deploy") == -9
        assert running(application), "the task goes on without its deployment"
        with counted(application) as samples:
            said = application.must("deploy")
        assert "an earlier deployment's task still runs" in said.err
        assert max(samples) == 1, samples
        assert 0 in samples[samples.index(1) :], "the second began after the first had ended"


@pytest.mark.matrix("deploy")
def test_a_task_over_its_time_is_gone_before_the_next_begins(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path) as application:
        describe(application, task=SLOW.format(3600))
        said = application.verb("deploy", "--timeout", "6")
        assert said.code == 5, said.err
        assert eventually(lambda: running(application))
        describe(application, task=SLOW.format(2))
        with counted(application) as samples:
            said = application.must("deploy", "--timeout", "6")
        assert "ending it" in said.err
        assert max(samples) == 1, samples
