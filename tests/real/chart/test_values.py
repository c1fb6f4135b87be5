"""Values of every kind, and charts of the user's own, running."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.real import app
from tests.real.app import Application

VALUES = (
    "$(PORT) $$(PORT) $$$ $", "orders; rm -rf / `id` ${HOME}", "'\"\\ {{ .Values.team }} #{x} %s",
    "a\nb\r\n\tc", "é 🚀 \u200f\u2028\x01", "x" * 300, " lead and trail ", "true", "null", "0123",
    "- x: y",
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(VALUES)))
def test_hostile_values_arrive_unchanged_in_the_pod(hostile: Application, number: int) -> None:
    """Through descriptor, chart, Helm and Kubernetes, as environment variable and as argument."""
    script = f"import os,json; print(json.dumps(os.environ['V{number}']))"
    executed = ("exec", "deployment/orders", "--", "python", "-c", script)
    assert json.loads(hostile.tool("kubectl", "-n", hostile.namespace, *executed)) == VALUES[number]
    logs = hostile.tool("kubectl", "-n", hostile.namespace, "logs", "deployment/orders-echo")
    assert json.loads(logs.splitlines()[0])[number] == VALUES[number]


@pytest.fixture(scope="module")
def hostile(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """An application with every hostile value as a variable, and as an argument of an echoing process."""
    with app.new(testbed, tmp_path_factory.mktemp("hostile")) as application:
        env = {f"V{number}": value for number, value in enumerate(VALUES)}
        echo = "import sys,json,time; print(json.dumps(sys.argv[1:]), flush=True); time.sleep(3600)"
        processes = {"echo": {"command": ["python", "-c", echo, *VALUES]}}
        application.replace("app.yaml", "  replicas: 1\n", f"  replicas: 1\n  env: {_yaml(env)}\n")
        text = (application.folder / "app.yaml").read_text()
        application.write("app.yaml", f"{text}processes: {_yaml(processes)}\n")
        application.must("generate")
        application.commit()
        application.until("deploy")
        yield application


def _yaml(value: object) -> str:
    """JSON that is YAML for every reader: what YAML does not print is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def test_a_chart_that_the_user_keeps_is_deployed_by_digest_too(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    """What `helm create` makes knows nothing of us: its image has a repository and a tag."""
    with app.new(testbed, tmp_path) as application:
        shutil.rmtree(application.folder / "charts" / "orders")
        said = application.verb("generate", "--keep", "chart")
        assert (said.code, "there is no chart in charts/orders to keep" in said.err) == (2, True)
        application.tool("helm", "create", "charts/orders")
        application.must("generate", "--keep", "chart")
        application.replace("charts/orders/values.yaml", "port: 80\n", "port: 8080\n")
        # It lacks what restricted Pod Security asks for, so its namespace must not ask.
        application.tool("kubectl", "create", "namespace", application.namespace)
        application.commit()
        application.until("deploy")
        digest = application.must("push", "--json").json()["receipt"]["digest"]
        (deployment,) = application.objects("deployments")
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        registry = testbed["PK_TESTBED_REGISTRY"]
        assert container["image"] == f"{registry}/{application.team}/orders:0.1.2@{digest}"
        service = f"/api/v1/namespaces/{application.namespace}/services/http:orders:8080/proxy/"
        assert "orders" in application.tool("kubectl", "get", "--raw", service)
        assert application.must("deploy", "--json").json()[0]["acted"] is False


SERVER = """
import http.server

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"orders")

http.server.ThreadingHTTPServer(("", 8080), Answer).serve_forever()
"""
DOCKERFILE = """ARG BASE_REGISTRY=docker.io
FROM ${BASE_REGISTRY}/library/python:3.11-slim AS test
FROM ${BASE_REGISTRY}/library/python:3.11-slim
COPY orders.py /orders.py
USER 10001
EXPOSE 8080
CMD ["python", "/orders.py"]
"""


def test_a_chart_of_ones_own_says_where_the_image_goes(testbed: Mapping[str, str], tmp_path: Path) -> None:
    """It is in a folder of its own, and its image under keys of its own; nothing of ours lands in it."""
    with app.new(testbed, tmp_path) as application:
        shutil.rmtree(application.folder)
        application.folder.mkdir()
        application.write("orders.py", SERVER)
        application.write("Dockerfile", DOCKERFILE)
        (application.folder / "deploy").mkdir()
        application.tool("helm", "create", "deploy/orders")
        chart = "deploy/orders"
        application.replace(f"{chart}/values.yaml", "image:\n", "app:\n  image:\n")
        application.replace(f"{chart}/values.yaml", "  repository: nginx\n", "    name: nginx\n")
        application.replace(f"{chart}/values.yaml", "  pullPolicy: IfNotPresent\n", "")
        application.replace(f"{chart}/values.yaml", '  tag: ""\n', '    version: ""\n')
        application.replace(f"{chart}/values.yaml", "port: 80\n", "port: 8080\n")
        for old, new in (
            (".Values.image.repository", ".Values.app.image.name"),
            (".Values.image.tag", ".Values.app.image.version"),
            ("imagePullPolicy: {{ .Values.image.pullPolicy }}", "imagePullPolicy: IfNotPresent"),
        ):
            application.replace(f"{chart}/templates/deployment.yaml", old, new)
        before = {
            path: path.read_bytes() for path in (application.folder / chart).rglob("*") if path.is_file()
        }
        words = (
            "--language",
            "python",
            "--team",
            application.team,
            "--keep",
            "chart",
            "--keep",
            "dockerfile",
        )
        application.must("new-app", "orders", "--from", ".", "--port", "8080", *words)
        described = (application.folder / "app.yaml").read_text()
        assert "path: deploy/orders" in described
        assert "app.image.name" in described
        application.tool("kubectl", "create", "namespace", application.namespace)
        application.commit()
        application.until("deploy")
        (deployment,) = application.objects("deployments")
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        digest = application.must("push", "--json").json()["receipt"]["digest"]
        registry = testbed["PK_TESTBED_REGISTRY"]
        assert container["image"].startswith(f"{registry}/{application.team}/orders:")
        assert container["image"].endswith(f"@{digest}")
        after = {
            path: path.read_bytes() for path in (application.folder / chart).rglob("*") if path.is_file()
        }
        assert after == before
        assert not (application.folder / "charts").exists()

        application.replace("app.yaml", "app.image.name", "other.image.name")
        application.commit()
        application.until("push")
        said = application.verb("package")
        assert (said.code, said.reason) == (
            6,
            "error: deploy/orders does not run the image that was pushed",
        )
