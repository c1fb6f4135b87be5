"""A platform that names certificates, servers that show them, and clients that ask."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.real.app import Said
from tests.real.platform import TestPlatform, made_platform

SERVER = """
import http.server, ssl
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"fine")
    def log_message(self, *_): pass
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
server = http.server.ThreadingHTTPServer(("", 8443), Answer)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"""
ASK = """
import socket, ssl, sys
context = ssl.create_default_context(cadata=sys.stdin.read())
try:
    with socket.create_connection((sys.argv[1], 8443), 5) as reached:
        with context.wrap_socket(reached, server_hostname=sys.argv[1]) as tls:
            tls.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
            print(tls.getpeercert()["serialNumber"].lower().lstrip("0"), tls.recv(64).split()[1].decode())
except ssl.SSLCertVerificationError as error:
    print("refused", error.verify_message)
"""
POD = {
    "terminationGracePeriodSeconds": 0,
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
}
LOCKED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsUser": 10001}


@dataclass
class CertificateSite:
    """The platform; `said` is `certificates` of its document, but for namespaces, which are this test's."""

    platform: TestPlatform
    said: dict[str, Any] = field(default_factory=dict)

    def namespace(self, name: str) -> str:
        return f"{self.platform.prefix}-{name}"

    def write(self, *secrets: Mapping[str, Any], **more: Any) -> None:
        """Write platform.yaml with these."""
        self.platform.on()
        path = self.platform.folder / "platform.yaml"
        document = json.loads(path.read_text())
        authority = {"namespace": self.namespace("authority"), **more.pop("authority", {})}
        self.said = {"authority": authority, "secrets": [self.placed(each) for each in secrets], **more}
        path.write_text(json.dumps(document | {"certificates": self.said}))

    def placed(self, each: Mapping[str, Any]) -> dict[str, Any]:
        return {**each, "namespace": self.namespace(each["namespace"])}

    def verb(self, *arguments: str, env: Mapping[str, str] | None = None) -> Said:
        done = subprocess.run(
            self.platform._words("certificates", *arguments),
            env={**os.environ, **self.platform.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said = Said(done.returncode, done.stdout, done.stderr)
        assert "PRIVATE KEY" not in said.out + said.err
        return said

    def must(self, *arguments: str) -> Said:
        said = self.verb(*arguments)
        assert said.code == 0, f"{arguments}: {said.code}\n{said.out}\n{said.err}"
        return said

    def states(self, *arguments: str) -> dict[str, str]:
        """The state of each certificate by its name, and of the authority."""
        told = self.verb("status", "--json", *arguments).json()
        rows = [*told["certificates"], {**told["authority"], "title": "x/authority"}]
        return {each["title"].partition("/")[2]: each["state"] for each in rows}

    def kubectl(self, name: str, *words: str, stdin: str | None = None) -> str:
        done = subprocess.run(
            ["kubectl", "--namespace", self.namespace(name), *words],
            env={**os.environ, **self.platform.env},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def apply(self, name: str, *things: Mapping[str, Any]) -> None:
        listed = {"apiVersion": "v1", "kind": "List", "items": things}
        self.kubectl(name, "apply", "--filename", "-", stdin=json.dumps(listed))

    def space(self, name: str) -> None:
        metadata = {"name": self.namespace(name)}
        self.apply(name, {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})

    def secret(self, namespace: str, name: str) -> Any:
        return json.loads(self.kubectl(namespace, "get", "secret", name, "--output", "json"))

    @property
    def root(self) -> str:
        """The authority's certificate, as clients get it."""
        words = ("get", "configmap", "pipelinekit-authority", "--output", r"jsonpath={.data.ca\.crt}")
        return self.kubectl("web", *words)

    def serve(self, secret: str, *, kind: str = "Deployment") -> None:
        """A server `web` that reads the Secret when it starts, and a client `client`."""
        python = f"{self.platform.registry}/library/python:3.11-slim"
        labels = {"app": "web"}
        own = {"name": "web", "image": python, "securityContext": LOCKED}
        spec = {
            **POD,
            "containers": [
                {
                    **own,
                    "command": ["python", "-c", SERVER],
                    "ports": [{"name": "https", "containerPort": 8443}],
                    "readinessProbe": {"tcpSocket": {"port": "https"}, "periodSeconds": 1},
                    "volumeMounts": [{"name": "tls", "mountPath": "/tls", "readOnly": True}],
                }
            ],
            "volumes": [{"name": "tls", "secret": {"secretName": secret}}],
        }
        template = {"metadata": {"labels": labels}, "spec": spec}
        more: dict[str, Any] = {"serviceName": "web"} if kind == "StatefulSet" else {}
        client = {**own, "name": "client", "command": ["sleep", "3600"]}
        self.apply(
            "web",
            {
                "apiVersion": "apps/v1",
                "kind": kind,
                "metadata": {"name": "web"},
                "spec": {"selector": {"matchLabels": labels}, "template": template, **more},
            },
            service("web", labels, 8443, "https"),
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": "client"},
                "spec": {**POD, "containers": [client]},
            },
        )
        self.kubectl("web", "rollout", "status", f"{kind.lower()}/web", "--timeout=90s")
        self.kubectl("web", "wait", "--for=condition=Ready", "pod/client", "--timeout=90s")

    def ask(self, root: str, name: str = "") -> str:
        """What a client that trusts `root` gets of the server: serial and status, or why it refuses."""
        host = name or f"web.{self.namespace('web')}.svc"
        words = ("exec", "-i", "client", "--", "python", "-c", ASK, host)
        return self.kubectl("web", *words, stdin=root).strip()


def service(name: str, labels: Mapping[str, str], port: int, target: str) -> dict[str, Any]:
    """A Service of one port, by the name that it has in the pods."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": labels, "ports": [{"port": port, "targetPort": target}]},
    }


@contextmanager
def made_site(folder: Path, env: Mapping[str, str]) -> Iterator[CertificateSite]:
    """A platform whose namespaces are removed after the block."""
    with made_platform(folder, env) as platform:
        yield CertificateSite(platform)
