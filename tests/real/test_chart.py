"""What the application's chart makes, running: workloads, tasks, flows between applications, secrets."""

from __future__ import annotations

import base64
import json
import shutil
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.certificates.x509 import Authorities
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


@contextmanager
def _bao(testbed: Mapping[str, str], folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A real OpenBao server on the node's address, unsealed, and the environment for its command line.

    It speaks TLS, by an authority that nobody knows but who reads `BAO_CACERT`.
    """
    program = testbed["PK_TESTBED_BAO"]
    service = ("get", "endpoints", "kubernetes", "-o", "jsonpath={.subsets[0].addresses[0].ip}")
    host = subprocess.run(
        ["kubectl", *service],
        env={"HOME": str(folder), **testbed},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    address, authority = f"https://{host}:18200", _certified(folder, host)
    own = ["-dev-listen-address=127.0.0.1:18201", f"-config={folder / 'server.hcl'}"]
    arguments = ["server", "-dev", "-dev-root-token-id=root", *own]
    env = {"HOME": str(folder), "BAO_ADDR": address, "BAO_TOKEN": "root", "PATH": testbed["PATH"]}
    env["BAO_CACERT"] = str(authority)
    with subprocess.Popen(
        [program, *arguments], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            assert eventually(lambda: _answers(f"{address}/v1/sys/health", authority))
            yield address, env
        finally:
            server.terminate()


def _certified(folder: Path, host: str) -> Path:
    """Have a server's configuration in `server.hcl`, with a certificate; the file of who vouches for it."""
    signer, now = Authorities(), int(time.time())
    root = signer.authority("keys", now, 3600)
    key, request = signer.request([host])
    texts = {
        "ca.crt": root.certificate,
        "tls.key": key,
        "tls.crt": signer.sign(root, request, [host], now, 3600),
        "server.hcl": f'listener "tcp" {{\n  address = "{host}:18200"\n'
        f'  tls_cert_file = "{folder}/tls.crt"\n  tls_key_file = "{folder}/tls.key"\n}}\n',
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return folder / "ca.crt"


def _answers(url: str, authority: Path) -> bool:
    try:
        known = ssl.create_default_context(cafile=str(authority))
        with urllib.request.urlopen(url, timeout=2, context=known):  # noqa: S310 - of the test's own
            return True
    except OSError:
        return False


def test_secrets_from_vault_are_files_in_memory(testbed: Mapping[str, str], tmp_path: Path) -> None:
    secret = "s3cr3t with 'quotes' and $(dollars)"
    with app.new(testbed, tmp_path / "apps") as application, _bao(testbed, tmp_path) as (address, env):
        _prepare(application, env, secret)
        registry = testbed["PK_TESTBED_REGISTRY"]
        platform = tmp_path / "platform.yaml"
        platform.write_text(
            "apiVersion: pipelinekit/v1\nkind: Platform\nmetadata: {name: acme}\n"
            f'images: {{registry: "{registry}", mirror: "{registry}"}}\n'
            f'charts: {{repository: "oci://{registry}/charts"}}\n'
            f'vault: {{address: "{address}", image: "{registry}/openbao/openbao:2.7.2", authority: keys}}\n'
            "clusters: [{name: one, context: testbed}]\n"
            'environments: [{name: dev, cluster: one, namespace: "{team}-dev", automatic: true}]\n'
        )
        named = application.with_env(PIPELINEKIT_PLATFORM=str(platform))
        application.replace(
            "app.yaml",
            "  replicas: 1\n",
            '  replicas: 1\n  secrets: {DB_PASSWORD: "vault:secret/orders/{env}/db#password"}\n',
        )
        text = (application.folder / "app.yaml").read_text()
        check = "import os; print(len(open(os.environ['DB_PASSWORD_FILE']).read()))"
        application.write("app.yaml", text + f'before: {{migrate: [python, -c, "{check}"]}}\n')
        # The server is outside of the cluster here, where no label can name it.
        host = address.split("//")[1].split(":")[0]
        application.must("generate")
        application.replace(
            f"charts/{application.name}/values.yaml",
            "extraEgress: []",
            f'extraEgress: [{{to: [{{ipBlock: {{cidr: "{host}/32"}}}}], ports: [{{port: 18200}}]}}]',
        )
        application.commit()
        named.until("verify")
        (pod,) = _pods(application, "web")
        read = "import os; print(open(os.environ['DB_PASSWORD_FILE']).read(), end='')"
        executed = ("exec", "deployment/orders", "-c", "web", "--", "python", "-c", read)
        assert application.tool("kubectl", "-n", application.namespace, *executed) == secret
        mounts = application.tool(
            "kubectl",
            "-n",
            application.namespace,
            "exec",
            "deployment/orders",
            "-c",
            "web",
            "--",
            "cat",
            "/proc/mounts",
        )
        assert any(line.startswith("tmpfs /vault/secrets ") for line in mounts.splitlines())
        assert secret not in json.dumps(pod)
        assert secret not in application.manifest()
        application.must("generate", "--check")


def _prepare(application: Application, env: Mapping[str, str], secret: str) -> None:
    """Store the secret, and let the application's two accounts read it after a Kubernetes login."""
    namespace = application.namespace
    application.tool("kubectl", "create", "namespace", namespace)
    application.tool(
        "kubectl", "label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"
    )
    known = f"--from-file=ca.crt={env['BAO_CACERT']}"
    application.tool("kubectl", "-n", namespace, "create", "configmap", "keys", known)
    reviewer = ("-n", namespace, "create", "serviceaccount", "reviewer")
    application.tool("kubectl", *reviewer)
    binding = f"reviewer-{namespace}"
    application.tool(
        "kubectl", "create", "clusterrolebinding", binding, "--clusterrole=system:auth-delegator",
        f"--serviceaccount={namespace}:reviewer",
    )  # fmt: skip
    token = application.tool(
        "kubectl", "-n", namespace, "create", "token", "reviewer", "--duration=1h"
    ).strip()
    config = json.loads(application.tool("kubectl", "config", "view", "--raw", "--minify", "-o", "json"))
    cluster = config["clusters"][0]["cluster"]
    ca = base64.b64decode(cluster["certificate-authority-data"]).decode()
    bao, program = replace(application, env={**application.env, **env}), application.env["PK_TESTBED_BAO"]
    bao.tool(program, "kv", "put", "secret/orders/dev/db", f"password={secret}")
    bao.tool(program, "auth", "enable", "kubernetes")
    bao.tool(
        program, "write", "auth/kubernetes/config", f"kubernetes_host={cluster['server']}",
        f"kubernetes_ca_cert={ca}", f"token_reviewer_jwt={token}",
    )  # fmt: skip
    bao.tool(
        program,
        "policy",
        "write",
        "orders",
        "-",
        stdin='path "secret/data/orders/*" { capabilities = ["read"] }',
    )
    bao.tool(
        program, "write", f"auth/kubernetes/role/{application.team}-orders",
        "bound_service_account_names=orders,orders-before", f"bound_service_account_namespaces={namespace}",
        "policies=orders", "ttl=10m",
    )  # fmt: skip


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
