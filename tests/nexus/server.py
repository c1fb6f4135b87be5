"""The double as a server on loopback, and without a connection."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.nexus.checks import Refusal
from tests.nexus.state import Nexus


class Server:
    """The same without a connection, for steps."""

    def __init__(self, state: Nexus | None = None) -> None:
        self.state = state or Nexus()

    def get(self, path: str) -> Any:
        try:
            return self._asked("GET", path, None)
        except Refusal as refusal:
            if refusal.status == 404:
                return None
            raise

    def send(self, method: str, path: str, body: Any) -> None:
        self._asked(method, path, body)

    def _asked(self, method: str, path: str, body: Any) -> Any:
        self.state.log.append(f"{method} {path}")
        return self.state.answer(method, path, body)[1]


@contextmanager
def serve(begins: threading.Event | None = None) -> Iterator[Nexus]:
    """A new server on loopback for the duration of the block; its administrator's password is `first`.

    Until it `begins`, connections are refused.
    """
    nexus = Nexus()

    class Handler(Answering):
        state = nexus

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.server_bind()

    def begin() -> None:
        if begins:
            begins.wait()
            server.server_activate()
        server.serve_forever(0.05)

    server.daemon_threads = True
    nexus.url = f"http://127.0.0.1:{server.server_address[1]}"
    if not begins:
        server.server_activate()
    threading.Thread(target=begin, daemon=True).start()
    try:
        yield nexus
    finally:
        if begins:
            begins.set()
        server.shutdown()
        server.server_close()


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Nexus

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

    def _any(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.removeprefix("/service/rest/")
        with self.state.lock:
            self.state.log.append(f"{self.command} {path}")
            try:
                status, body = self._answer(path, raw)
            except Refusal as refusal:
                status, body = refusal.status, str(refusal)
        text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        content = text.encode()
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, path: str, raw: bytes) -> tuple[int, Any]:
        if path == "v1/status/writable":
            return 200, None
        given = self.headers.get("Authorization", "")
        expected = base64.b64encode(f"admin:{self.state.password}".encode()).decode()
        if given != f"Basic {expected}":
            self.state.refused_logins += 1
            raise Refusal(401, "unauthorized")
        plain = self.headers.get("Content-Type", "").startswith("text/plain")
        body = raw.decode() if plain else json.loads(raw) if raw else None
        return self.state.answer(self.command, path, body)

    def log_message(self, *_: object) -> None:
        """Requests are in the state's own log."""
