"""What every other test in this folder takes for granted of the testbed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.real.kube import Kube, eventually, namespace
from tests.testbed import bed, certificates, registry, status
from tests.testbed.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


@pytest.fixture(scope="module")
def web(testbed: dict[str, str]) -> Iterator[Kube]:
    """A restricted namespace with a web server behind a Service, and a pod to ask it from."""
    with namespace(testbed, RESTRICTED) as kube:
        serve = "echo hello > /tmp/index.html; exec httpd -f -p 8080 -h /tmp"
        kube.apply(
            pod(testbed, "web", "library/busybox:stable", ["sh", "-c", serve], port=8080),
            pod(testbed, "client", "library/python:3.11-slim", ["sleep", "3600"]),
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": "web"},
                "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]},
            },
        )
        kube.ready("web")
        kube.ready("client")
        yield kube


def pod(
    env: dict[str, str], name: str, image: str, command: list[str], port: int | None = None
) -> dict[str, Any]:
    """A pod that a restricted namespace admits."""
    container: dict[str, Any] = {
        "name": name,
        "image": f"{env['PK_TESTBED_REGISTRY']}/{image}",
        "command": command,
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    if port is not None:
        container["readinessProbe"] = {"tcpSocket": {"port": port}, "periodSeconds": 1}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 10001,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [container],
        },
    }


def test_a_service_answers_the_host(web: Kube) -> None:
    address = web.kubectl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}")
    with urllib.request.urlopen(f"http://{address}/", timeout=5) as answer:
        assert answer.read() == b"hello\n"


def test_a_service_answers_a_pod_by_name(web: Kube) -> None:
    assert web.fetched("client", f"http://web.{web.namespace}.svc.cluster.local/")
    assert web.fetched("client", "http://web/")


def test_a_pod_reaches_the_api_server_and_trusts_it(web: Kube) -> None:
    code = (
        "import ssl, urllib.request as u, urllib.error;"
        "c = ssl.create_default_context(cafile='/var/run/secrets/kubernetes.io/serviceaccount/ca.crt');"
        "print(u.urlopen('https://kubernetes.default.svc/version', context=c).status)"
    )
    assert web.kubectl("exec", "client", "--", "python", "-c", code) == "200\n"


def test_exec_logs_and_the_proxies_of_the_api_server(web: Kube) -> None:
    assert web.kubectl("exec", "web", "--", "cat", "/tmp/index.html") == "hello\n"
    assert web.attempt("kubectl", "-n", web.namespace, "logs", "web").returncode == 0
    base = f"/api/v1/namespaces/{web.namespace}"
    assert web.kubectl("get", "--raw", f"{base}/services/http:web:80/proxy/") == "hello\n"
    assert web.kubectl("get", "--raw", f"{base}/pods/http:web:8080/proxy/") == "hello\n"


def test_port_forward(web: Kube, testbed: dict[str, str]) -> None:
    with subprocess.Popen(
        ["kubectl", "-n", web.namespace, "port-forward", "service/web", ":80"],
        env={**os.environ, **testbed},
        stdout=subprocess.PIPE,
        text=True,
    ) as forward:
        try:
            assert forward.stdout is not None
            local = re.search(r"127\.0\.0\.1:(\d+)", forward.stdout.readline())
            assert local is not None
            with urllib.request.urlopen(f"http://127.0.0.1:{local[1]}/", timeout=5) as answer:
                assert answer.read() == b"hello\n"
        finally:
            forward.terminate()


def test_policies_close_and_open(web: Kube) -> None:
    def policy(name: str, spec: dict[str, Any]) -> None:
        web.apply(
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": {"name": name},
                "spec": spec,
            }
        )

    selects_web, selects_client = ({"matchLabels": {"app": name}} for name in ("web", "client"))
    try:
        policy("no-ingress", {"podSelector": selects_web, "policyTypes": ["Ingress"]})
        assert eventually(lambda: not web.fetched("client", "http://web/"))
        peer = [{"from": [{"podSelector": selects_client}], "ports": [{"port": 8080}]}]
        policy("ingress", {"podSelector": selects_web, "policyTypes": ["Ingress"], "ingress": peer})
        assert eventually(lambda: web.fetched("client", "http://web/"))

        policy("no-egress", {"podSelector": selects_client, "policyTypes": ["Egress"]})
        assert eventually(lambda: not web.fetched("client", "http://web/"))
        names = {
            "to": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                }
            ],
            "ports": [{"port": 53, "protocol": "UDP"}],
        }
        rule = [names, {"to": [{"podSelector": selects_web}], "ports": [{"port": 8080}]}]
        policy("egress", {"podSelector": selects_client, "policyTypes": ["Egress"], "egress": rule})
        assert eventually(lambda: web.fetched("client", "http://web/"))
    finally:
        web.kubectl("delete", "networkpolicies", "--all")


def test_helm_installs_a_chart_and_waits(testbed: dict[str, str], tmp_path: Path) -> None:
    chart = tmp_path / "small"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: small\nversion: 0.1.0\n")
    labels = {"app": "small"}
    template = pod(testbed, "small", "nginxinc/nginx-unprivileged:stable", [], port=8080)
    del template["spec"]["containers"][0]["command"], template["spec"]["terminationGracePeriodSeconds"]
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "small"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": template["spec"]},
        },
    }
    (chart / "templates" / "deployment.yaml").write_text(json.dumps(deployment))
    with namespace(testbed, RESTRICTED) as kube:
        argv = ["helm", "-n", kube.namespace, "upgrade", "--install", "small", str(chart), "--wait"]
        kube.run(*argv, "--timeout", "60s")
        assert kube.kubectl("get", "deployment", "small", "-o", "jsonpath={.status.readyReplicas}") == "1"


def test_the_registry_takes_charts_and_images_from_the_logged_in(
    testbed: dict[str, str], tmp_path: Path
) -> None:
    address = testbed["PK_TESTBED_REGISTRY"]
    kube = Kube(testbed, "default")
    image = f"{address}/tests/from-docker:1"
    (tmp_path / "Dockerfile").write_text(f"FROM {address}/library/busybox:stable\nLABEL made=here\n")
    kube.run("docker", "build", "-t", image, str(tmp_path))
    kube.run("docker", "push", image)
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: tiny\nversion: 0.1.0\n")
    kube.run("helm", "package", str(tmp_path / "chart"), "-d", str(tmp_path))
    config = f"{testbed['DOCKER_CONFIG']}/config.json"
    push = ["helm", "push", str(tmp_path / "tiny-0.1.0.tgz"), f"oci://{address}/tests/charts"]
    kube.run(*push, "--plain-http", "--registry-config", config)


def test_the_registry_refuses_a_wrong_password_and_none() -> None:
    layout = Layout.from_environment()
    main = registry.main(certificates.passwords(layout))
    assert main.answers()
    assert not main.answers(password="wrong")
    assert not main.answers(user="", password="")


@pytest.mark.parametrize("tls", [False, True], ids=["http", "tls"])
@pytest.mark.parametrize("auth", [False, True], ids=["open", "password"])
def test_another_registry_for_the_time_of_a_test(tmp_path: Path, *, tls: bool, auth: bool) -> None:
    with registry.serve(tmp_path / "registry", tls=tls, auth=auth) as second:
        assert second.answers()
        assert second.answers(user="tester", password="wrong") is not auth
    assert not second.answers()


def test_up_again_is_quick_and_changes_nothing(testbed: dict[str, str]) -> None:
    layout = Layout.from_environment()
    before = layout.record.read_text()
    begun = time.monotonic()
    assert bed.up(layout) is False
    assert time.monotonic() - begun < 2
    assert layout.record.read_text() == before


def test_status_and_environment_agree_with_the_machine(testbed: dict[str, str]) -> None:
    report = status.look(Layout.from_environment())
    assert report.up, report.as_text()
    for name in ("helm", "kubectl"):
        found = shutil.which(name, path=testbed["PATH"])
        assert found is not None
        assert found.startswith(testbed["PK_TESTBED_BIN"])
