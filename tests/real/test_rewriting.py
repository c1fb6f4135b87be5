"""An admission that rewrites what is applied: images to a mirror's, and a container beside each pod's own."""

from __future__ import annotations

import base64
import http.server
import json
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import matrix
from tests.real import app, workloads
from tests.real.app import Application


@pytest.fixture(scope="module")
def running(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with app.new(testbed, tmp_path_factory.mktemp("rewriting"), "dockerfile") as application:
        application.until("deploy")
        yield application


def mirrored(request: Mapping[str, Any], registry: str) -> list[dict[str, Any]]:
    """What a mirror's admission changes of an object: the registry of each image."""
    each = request["object"]
    path = "/spec" if each["kind"] == "Pod" else "/spec/template/spec"
    spec = each["spec"] if each["kind"] == "Pod" else each["spec"]["template"]["spec"]
    return [
        {
            "op": "replace",
            "path": f"{path}/containers/{index}/image",
            "value": container["image"].replace(f"{registry}/", f"{registry}/mirror/"),
        }
        for index, container in enumerate(spec["containers"])
        if "/mirror/" not in container["image"]
    ]


@contextmanager
def rewriting(application: Application, folder: Path, kinds: list[tuple[str, str]]) -> Iterator[None]:
    """While it lasts, objects of these kinds in the application's namespace come from a mirror."""
    registry = application.env["PK_TESTBED_REGISTRY"]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            patch = json.dumps(mirrored(review["request"], registry)).encode()
            response = {"uid": review["request"]["uid"], "allowed": True, "patchType": "JSONPatch"}
            response["patch"] = base64.b64encode(patch).decode()
            body = json.dumps({**review, "response": response}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    key, certificate = folder / "key.pem", folder / "certificate.pem"
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-keyout", str(key), "-out", str(certificate), "-days", "1", "-subj", "/CN=mirror"]
    subprocess.run(
        ["openssl", *words, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    name = f"mirror-{application.namespace}"
    webhook = {
        "name": "mirror.example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "failurePolicy": "Fail",
        "clientConfig": {
            "url": f"https://127.0.0.1:{server.server_port}/",
            "caBundle": base64.b64encode(certificate.read_bytes()).decode(),
        },
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": application.namespace}},
        "rules": [
            {
                "apiGroups": [group],
                "apiVersions": ["v1"],
                "operations": ["CREATE", "UPDATE"],
                "resources": [each],
            }
            for group, each in kinds
        ],
    }
    configuration = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [webhook],
    }
    workloads.apply(application, configuration)
    try:
        yield
    finally:
        application.tool("kubectl", "delete", "mutatingwebhookconfiguration", name)
        server.shutdown()
        server.server_close()


def changed(application: Application, text: str) -> str:
    """Published with another page, and in the mirror too; the version."""
    application.write("index.html", text)
    application.commit()
    application.until("publish")
    version = str(application.must("version", "--json").json()["version"])
    registry = application.env["PK_TESTBED_REGISTRY"]
    image = f"{application.team}/orders:{version}"
    application.must("registry", "copy", f"{registry}/{image}", f"{registry}/mirror/{image}")
    return version


@pytest.mark.parametrize(
    "kinds", matrix.sampled("deploy", [[("apps", "deployments")], [("", "pods")]], keep=1), ids=str
)
def test_what_an_admission_has_rewritten_is_nobodys_hand(
    running: Application, tmp_path: Path, kinds: list[tuple[str, str]]
) -> None:
    with rewriting(running, tmp_path, kinds):
        changed(running, f"mirror of {kinds[0][1]}")
        done = running.must("deploy", "--json").json()
        assert done[0]["acted"] is True
        images = {
            container["image"] for each in running.objects("pods") for container in each["spec"]["containers"]
        }
        assert any("/mirror/" in each for each in images), images
        checked = running.must("deploy", "--check")
        assert "ours again" not in checked.out + checked.err
        again = running.must("deploy", "--json")
        assert again.json()[0]["acted"] is False, again.err
        running.must("status", "--env", "dev")
    running.must("deploy")
