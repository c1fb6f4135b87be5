"""A rollout under load: every request gets its answer."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.kubernetes import Kubernetes
from tests import examples
from tests.real import app, workloads
from tests.real.app import Application


@dataclass
class Count:
    """Requests with an answer, and the reasons of those without."""

    answered: int = 0
    lost: list[str] = field(default_factory=list)


@contextmanager
def clients(address: str, at_once: int = 4) -> Iterator[Count]:
    """Clients that ask without a pause during the block, each time on a connection of its own."""
    count, over, lock = Count(), threading.Event(), threading.Lock()

    def ask() -> None:
        while not over.is_set():
            connection = http.client.HTTPConnection(address, 80, timeout=5)
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
                answer.read()
                reason = "" if answer.status == 200 else str(answer.status)
            except (OSError, http.client.HTTPException) as error:
                reason = repr(error)
            finally:
                connection.close()
            with lock:
                if reason:
                    count.lost.append(reason)
                else:
                    count.answered += 1

    threads = [threading.Thread(target=ask) for _ in range(at_once)]
    for each in threads:
        each.start()
    try:
        yield count
    finally:
        over.set()
        for each in threads:
            each.join()


def change(application: Application, level: str) -> None:
    """Publish a version with another variable, so that all pods are replaced."""
    text = (application.folder / "app.yaml").read_text().splitlines(keepends=True)
    kept = [line for line in text if not line.startswith("  env:")]
    at = next(number for number, line in enumerate(kept) if line.startswith("  replicas:"))
    kept.insert(at + 1, f"  env: {{LEVEL: {level}}}\n")
    application.write("app.yaml", "".join(kept))
    application.must("generate")
    application.commit()
    application.until("publish")


@pytest.mark.parametrize("replicas", [1, 2])
def test_a_rollout_loses_no_request(testbed: Mapping[str, str], tmp_path: Path, replicas: int) -> None:
    with app.new(testbed, tmp_path) as application:
        application.replace("app.yaml", "replicas: 1", f"replicas: {replicas}")
        change(application, "one")
        application.must("deploy")
        (service,) = application.objects("services")
        change(application, "two")
        before = {each["metadata"]["name"] for each in application.objects("pods")}
        with clients(service["spec"]["clusterIP"]) as count:
            application.must("deploy")
        after = {each["metadata"]["name"] for each in application.objects("pods")}
        assert after - before, "there was a rollout"
        assert count.lost == [], f"{len(count.lost)} lost, {count.answered} answered"
        assert count.answered > 100


def secret(application: Application, value: str) -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "api"}, "stringData": {"key": value}}
    application.tool("kubectl", "-n", application.namespace, "apply", "-f", "-", stdin=json.dumps(body))


def test_a_changed_secret_is_a_rollout_and_one_that_is_unchanged_or_came_late_is_not(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path) as application:
        application.tool("kubectl", "create", "namespace", application.namespace)
        application.replace(
            "app.yaml", "  replicas: 1\n", '  replicas: 1\n  secrets: {KEY: "secret:api#key"}\n'
        )
        application.must("generate")
        with workloads.external_secrets(application) as version:
            workloads.add(application, workloads.external_secret(version, "api"))
            coming = threading.Timer(8, secret, (application, "first"))
            coming.start()
            late = application.must("deploy")
            coming.join()
            assert "secret api is not there yet: it will be waited for" in late.err
            for _ in range(2):
                assert application.must("deploy", "--json").json()[0]["acted"] is False
            assert application.must("deploy", "--plan", "--json").json()[0]["acts"] is False
            secret(application, "second")
            assert application.must("deploy", "--json").json()[0]["acted"] is True
            read = ("exec", "deployment/orders", "--", "python", "-c", "import os; print(os.environ['KEY'])")
            assert application.tool("kubectl", "-n", application.namespace, *read).strip() == "second"
            assert application.must("deploy", "--json").json()[0]["acted"] is False


def test_of_a_secret_no_value_is_asked_and_without_the_right_nothing(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path) as application:
        application.tool("kubectl", "create", "namespace", application.namespace)
        secret(application, "hidden-value")
        context = testbed["PK_TESTBED_CONTEXT"]
        target = replace(examples.target(), namespace=application.namespace, context=context)
        versions = Kubernetes(testbed).secret_versions(target, ["api", "missing"])
        assert versions is not None
        assert versions.keys() == {"api"}
        assert "hidden" not in str(versions)
        config = json.loads(application.tool("kubectl", "config", "view", "--raw", "-o", "json"))
        for each in config["users"]:
            each["user"]["as"] = "nobody"
        (tmp_path / "config").write_text(json.dumps(config))
        restricted = Kubernetes({**testbed, "KUBECONFIG": str(tmp_path / "config")})
        assert restricted.secret_versions(target, ["api"]) is None
