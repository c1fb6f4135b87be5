"""Servers with names of their own, all on loopback, that answer as told and remember who showed what.

Their names lead here inside this process alone, so that the rules meet hosts that are not this machine.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3.util.connection

from tests.testbed import certificates

NAMES = ("registry.test", "other.test", "third.test", "charts.test")


@dataclass(frozen=True)
class Said:
    """What a server answers. `feed` writes the whole answer itself, status line and all."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    feed: Callable[[Any], None] | None = None


@dataclass(frozen=True)
class Seen:
    """A request: where it came in, and everything in it that could be a secret."""

    place: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Answer = Callable[[Seen], Said]


@dataclass
class World:
    """`answers` by place ("https://registry.test:5000"), `seen` in order."""

    folder: Path
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    ports: dict[tuple[str, int], int] = field(default_factory=dict)
    servers: list[ThreadingHTTPServer] = field(default_factory=list)

    def serve(self, place: str, answer: Answer) -> None:
        """Have `place` answer so."""
        scheme, _, rest = place.partition("://")
        name, _, port = rest.partition(":")
        key = (name, int(port or (443 if scheme == "https" else 80)))
        self.answers[place] = answer
        if key in self.ports:
            return
        world = self

        class Handler(_Handler):
            pass

        Handler.world, Handler.place = world, place
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        if scheme == "https":
            Handler.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            Handler.tls.load_cert_chain(self.folder / "server.crt", self.folder / "server.key")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.servers.append(server)
        self.ports[key] = server.server_address[1]

    def places_with(self, *secrets: str) -> set[str]:
        """Where any of these was shown, in whatever part of a request."""
        found = set()
        for each in self.seen:
            text = " ".join([each.path, each.body.decode("latin-1"), *each.headers.values()])
            found |= {each.place} if any(secret in text for secret in secrets) else set()
        return found

    def at(self, place: str) -> list[Seen]:
        """The requests that a place has seen."""
        return [each for each in self.seen if each.place == place]


@contextlib.contextmanager
def world(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[World]:
    """An empty world for the duration of the block; its authority is trusted, its names lead to it."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = certificates.authority(folder, "pipelinekit-strangers")
    subjects = tuple(f"DNS:{name}" for name in NAMES)
    certificates.issue(authority, folder, "server", "/CN=strangers", subjects)
    made = World(folder)
    original = urllib3.util.connection.create_connection

    def connect(address: tuple[str, int], *given: Any, **named: Any) -> Any:
        if address in made.ports:
            return original(("127.0.0.1", made.ports[address]), *given, **named)
        raise OSError(f"Name or service not known: {address[0]}:{address[1]}")

    patch.setattr(urllib3.util.connection, "create_connection", connect)
    patch.setenv("REQUESTS_CA_BUNDLE", str(authority.certificate))
    for name in ("PIPELINEKIT_PLAIN_HTTP", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NETRC"):
        patch.delenv(name, raising=False)
    try:
        yield made
    finally:
        for server in made.servers:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world: World
    place: str
    tls: ssl.SSLContext | None = None

    def setup(self) -> None:
        if self.tls:
            self.request = self.tls.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
        super().setup()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        if self.tls:
            self.request.close()

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        seen = Seen(self.place, self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
        self.world.seen.append(seen)
        said = self.world.answers[self.place](seen)
        self.close_connection = True
        if said.feed:
            with contextlib.suppress(OSError):
                said.feed(self.wfile)
            return
        self.send_response_only(said.status)
        for name, value in said.headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in said.headers):
            self.send_header("Content-Length", str(len(said.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said.body)

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            super().handle()

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """The world has a log of its own."""


# --- answers that never end -----------------------------------------------------------------------

OPENING = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
END = b"\r\n"


def endless(before: bytes, piece: bytes, pause: float = 0.0) -> Callable[[Any], None]:
    """Write `before`, then `piece` until the other side has had enough (or a minute is over)."""

    def feed(out: Any) -> None:
        out.write(before)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            out.write(piece)
            out.flush()
            time.sleep(pause)

    return feed
