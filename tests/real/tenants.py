"""A Nexus that two teams publish to: its API, a docker repository and a Helm repository behind its selectors.

The docker repository is the testbed's registry behind a proxy. Each request is asked of the double's roles,
privileges and content selectors, with the action that Nexus takes a method for.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path

import yaml

from tests.nexus import Nexus
from tests.testbed import faults
from tests.testbed.faults import Proxy

ACTIONS = {"GET": "read", "HEAD": "read", "POST": "add", "PATCH": "add", "PUT": "edit", "DELETE": "delete"}
HELM = "/repository/helm-hosted/"


@dataclass
class Site:
    """`address` stands for both repositories; `denied` has each refused request as `USER METHOD path`."""

    nexus: Nexus
    address: str
    upstream: str
    login: str
    """What the registry behind wants to be shown."""
    charts: dict[str, bytes] = field(default_factory=dict)
    denied: list[str] = field(default_factory=list)

    def who(self, given: str) -> str:
        """The user of an Authorization header, or nothing."""
        kind, _, text = given.partition(" ")
        if kind != "Basic":
            return ""
        user, _, password = base64.b64decode(text).decode().partition(":")
        return user if self.nexus.passwords.get(user) == password != "" else ""

    def index(self) -> bytes:
        """The Helm repository's index: Nexus makes it of what is inside the files."""
        entries: dict[str, list[dict[str, object]]] = {}
        for name, content in sorted(self.charts.items()):
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                path = min((each for each in archive.getnames() if each.endswith("Chart.yaml")), key=len)
                inside = archive.extractfile(path)
                assert inside
                chart = yaml.safe_load(inside)
            digest = hashlib.sha256(content).hexdigest()
            entry = {"name": chart["name"], "version": chart["version"], "urls": [name], "digest": digest}
            entries.setdefault(chart["name"], []).append(entry)
        return json.dumps({"apiVersion": "v1", "entries": entries}).encode()


@contextmanager
def serve(nexus: Nexus, testbed: Mapping[str, str]) -> Iterator[Site]:
    """Both repositories for the duration of the block."""
    upstream = testbed["PK_TESTBED_REGISTRY"]
    login = json.loads(Path(testbed["DOCKER_CONFIG"], "config.json").read_text())["auths"][upstream]["auth"]

    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(nexus, f"127.0.0.1:{server.server_address[1]}", upstream, f"Basic {login}")
    Handler.site, Handler.proxy = site, Proxy(site.address, upstream)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


class _Handler(faults._Handler):
    site: Site

    def _any(self) -> None:
        user = self.site.who(self.headers.get("Authorization", ""))
        path = self.path.partition("?")[0]
        if not user:
            self._drain()
            self._answer(401, [("WWW-Authenticate", 'Basic realm="Nexus"')], b"")
            return
        helm = path.startswith(HELM)
        repository, inside = ("helm-hosted", path[len(HELM) - 1 :]) if helm else ("docker-hosted", path)
        if not self.site.nexus.may(user, ACTIONS[self.command], repository, inside):
            self.site.denied.append(f"{user} {self.command} {path}")
            self._drain()
            body = {"errors": [{"code": "DENIED", "message": f"{user} may not {self.command} {inside}"}]}
            self._answer(403, [("Content-Type", "application/json")], json.dumps(body).encode())
        elif helm:
            self._helm(inside.lstrip("/"))
        else:
            self.headers.replace_header("Authorization", self.site.login)
            self._forward(faults.Fault(""))

    def _helm(self, name: str) -> None:
        content = b"".join(self._pieces())
        if self.command == "PUT":
            taken = name in self.site.charts
            self.site.charts.setdefault(name, content)
            self._answer(
                400 if taken else 201, [], b"Repository does not allow updating assets" if taken else b""
            )
            return
        found = self.site.index() if name == "index.yaml" else self.site.charts.get(name)
        self._answer(404 if found is None else 200, [], found or b"")
