"""A Helm repository over http, as far as publishing goes: Nexus' way of it and ChartMuseum's.

No package registry has either server, so this stands in for both. It keeps what it is given and lets the
real Helm make the index; nothing that is there is replaced. A Nexus makes its index anew in the background,
so that a chart is not in it at once.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

USER, PASSWORD = "publisher", "charts-password-71d2"


@dataclass
class ChartHost:
    """`late`: how often the index is still the old one. `log`: each request, `METHOD path`."""

    folder: Path
    helm: str
    port: int = 0
    late: int = 0
    log: list[str] = field(default_factory=list)
    refused_logins: int = 0

    @property
    def nexus(self) -> str:
        return f"http://127.0.0.1:{self.port}/repository/helm"

    @property
    def museum(self) -> str:
        return f"http://127.0.0.1:{self.port}/museum"

    def index(self) -> bytes:
        """The index, made by Helm; as long as it is late, the one from before."""
        path = self.folder / "index.yaml"
        if self.late and path.exists():
            self.late -= 1
        else:
            subprocess.run([self.helm, "repo", "index", str(self.folder)], check=True, capture_output=True)
        return path.read_bytes()


@contextmanager
def serve(folder: Path, path: str) -> Iterator[ChartHost]:
    """The server for the duration of the block; `path` is where Helm is looked for."""
    helm = shutil.which("helm", path=path)
    assert helm, path
    folder.mkdir(parents=True, exist_ok=True)
    host = ChartHost(folder, helm)

    class Handler(_Handler):
        pass

    Handler.host = host
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    host: ChartHost

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        if self._welcome():
            if name == "index.yaml":
                self._answer(200, self.host.index())
            elif (self.host.folder / name).is_file():
                self._answer(200, (self.host.folder / name).read_bytes())
            else:
                self._answer(404)

    def do_PUT(self) -> None:
        data = self._body()
        if self._welcome() and self.path.startswith("/repository/helm/"):
            self._store(self.path.rsplit("/", 1)[-1], data, taken=400)

    def do_POST(self) -> None:
        data = self._body()
        if self._welcome() and self.path == "/museum/api/charts":
            (self.host.folder / "incoming").write_bytes(data)
            shown = [self.host.helm, "show", "chart", str(self.host.folder / "incoming")]
            said = subprocess.run(shown, check=True, capture_output=True, text=True).stdout
            facts = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
            (self.host.folder / "incoming").unlink()
            self._store(f"{facts['name']}-{facts['version']}.tgz", data, taken=409)

    def _store(self, name: str, data: bytes, *, taken: int) -> None:
        target = self.host.folder / name
        if target.exists():
            self._answer(taken, b"Repository does not allow updating assets: helm")
            return
        target.write_bytes(data)
        self._answer(201, json.dumps({"saved": True}).encode())

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _welcome(self) -> bool:
        self.host.log.append(f"{self.command} {self.path}")
        wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {wanted}":
            return True
        self.host.refused_logins += "Authorization" in self.headers
        self._answer(401, headers={"WWW-Authenticate": 'Basic realm="charts"'})
        return False

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Not to the terminal."""
