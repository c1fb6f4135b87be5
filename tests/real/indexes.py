"""Package indexes of a test's own, which let in nobody without the password."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import ssl
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

from tests.testbed import certificates

Find = Callable[[str, str], bytes | None]
"""What is at a path, given the index' own address, or nothing."""


@dataclass(frozen=True)
class Index:
    """An index that answers, who is let in, and what was asked of it."""

    address: str
    user: str
    password: str
    ca: str = ""
    """The certificate of its authority, where it speaks https."""
    served: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """The paths that were asked for with and without the right login."""

    @property
    def pair(self) -> str:
        """What HTTP makes of user and password."""
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


@contextmanager
def serve(find: Find, password: str, *, tls: Path | None = None, host: str = "127.0.0.1") -> Iterator[Index]:
    """An index on an address of this machine; with `tls` over https, its authority in that folder."""
    server = ThreadingHTTPServer((host, 0), BaseHTTPRequestHandler)
    scheme = "https" if tls else "http"
    ca = ""
    if tls:
        tls.mkdir(parents=True, exist_ok=True)
        authority = certificates.authority(tls, "pipelinekit-testbed-packages")
        certificates.issue(authority, tls, "index", "/CN=index", (f"IP:{host}",))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "index.crt", tls / "index.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        ca = authority.certificate.read_text()
    address = f"{scheme}://{host}:{server.server_port}"
    index = Index(address, f"reader-{uuid4().hex[:6]}", password, ca)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != f"Basic {index.pair}":
                index.refused.append(self.path)
                self._answer(401, b"a login is needed", {"WWW-Authenticate": 'Basic realm="packages"'})
                return
            index.served.append(self.path)
            body = find(index.address, self.path)
            self._answer(404 if body is None else 200, body or b"", {})

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            kind = "text/html" if body[:1] == b"<" else "application/octet-stream"
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def pypi(address: str, path: str) -> bytes | None:
    """The package acme-greet, a module with one word in it."""
    name, info = "acme_greet-1.0-py3-none-any.whl", "acme_greet-1.0.dist-info"
    wheel = _zip(
        {
            "acme_greet.py": "WORD = 'greetings'\n",
            f"{info}/METADATA": "Metadata-Version: 2.1\nName: acme-greet\nVersion: 1.0\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/RECORD": "acme_greet.py,,\n",
        }
    )
    listing = f'<!DOCTYPE html><html><body><a href="{address}/files/{name}">{name}</a></body></html>'
    return {"/simple/acme-greet/": listing.encode(), f"/files/{name}": wheel}.get(path)


def go(address: str, path: str) -> bytes | None:
    """The module acme.example/greet v1.0.0 of a Go proxy at /go."""
    module, version = "acme.example/greet", "v1.0.0"
    mod = f"module {module}\n"
    source = 'package greet\n\n// Word is what this is for.\nfunc Word() string { return "greetings" }\n'
    inside = f"{module}@{version}"
    at = f"/go/{module}/@v/{version}"
    return {
        f"{at}.info": json.dumps({"Version": version}).encode(),
        f"{at}.mod": mod.encode(),
        f"{at}.zip": _zip({f"{inside}/go.mod": mod, f"{inside}/greet.go": source}),
    }.get(path)


def npm(address: str, path: str) -> bytes | None:
    """The package acme-greet of a registry at /repository/npm/."""
    files = {
        "package/package.json": json.dumps({"name": "acme-greet", "version": "1.0.0", "main": "index.js"}),
        "package/index.js": "module.exports = 'greetings';\n",
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    # Each request makes the archive anew: a time in its head would be another digest in the next second.
    packed = gzip.compress(out.getvalue(), mtime=0)
    tarball = "/repository/npm/acme-greet/-/acme-greet-1.0.0.tgz"
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    version = {
        "name": "acme-greet",
        "version": "1.0.0",
        "main": "index.js",
        "dist": {"tarball": address + tarball, "integrity": f"sha512-{digest}"},
    }
    document = {"name": "acme-greet", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
    return {"/repository/npm/acme-greet": json.dumps(document).encode(), tarball: packed}.get(path)


def maven(address: str, path: str) -> bytes | None:
    """The parent project acme.example:parent:1, in a Maven repository below /maven."""
    name = "<groupId>acme.example</groupId><artifactId>parent</artifactId><version>1</version>"
    pom = f"<project><modelVersion>4.0.0</modelVersion>{name}<packaging>pom</packaging></project>"
    return pom.encode() if path == "/maven/acme/example/parent/1/parent-1.pom" else None


def _zip(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            # Always the same bytes: a digest of it may be written down.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return out.getvalue()
