"""Ways to the testbed's API server and engine that can be away for a while, as one is that is restarted.

The testbed's own are everybody's and stay as they are. TLS passes through: nothing here reads it.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.real.app import Application

NAME = "kubernetes"
"""A name in the certificate of every API server; 127.0.0.1 is in few."""
_PIECE = 64 * 1024


class Line:
    """Passes connections on to `upstream`, a host and a port, or the path of a socket."""

    def __init__(self, upstream: tuple[str, int] | str) -> None:
        self._upstream = upstream
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._serves = False
        self._door = _bound(0)
        self._port = self._door.getsockname()[1]
        self._open()

    @property
    def address(self) -> str:
        """Where it listens, HOST:PORT."""
        return f"127.0.0.1:{self._port}"

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """In the block no connection lives, and new ones are refused."""
        self.close()
        # Bound, and not listened to: nobody else gets the port meanwhile.
        self._door = _bound(self._port)
        try:
            yield
        finally:
            self._open()

    def close(self) -> None:
        """End it."""
        with self._lock:
            self._serves = False
            ends, self._ends = self._ends, set()
        for each in (self._door, *ends):
            _end(each)
        self._door.close()

    def _open(self) -> None:
        self._serves = True
        self._door.listen(128)
        threading.Thread(target=self._serve, args=(self._door,), daemon=True).start()

    def _serve(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = door.accept()[0]
                server = _connected(self._upstream)
                server.settimeout(None)
                with self._lock:
                    if self._serves:
                        self._ends |= {client, server}
                    else:
                        _end(client)
                        _end(server)
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, to: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                to.sendall(piece)
        _end(source)
        _end(to)
        with self._lock:
            self._ends.discard(source)
        source.close()


@contextlib.contextmanager
def before(application: Application, folder: Path) -> Iterator[tuple[Line, Path]]:
    """A line to the API server of an application's kubeconfig, and a kubeconfig that leads through it."""
    view = ("kubectl", "config", "view", "--raw", "--flatten", "--minify", "--output", "json")
    config = json.loads(application.tool(*view))
    cluster = config["clusters"][0]["cluster"]
    server = urlsplit(cluster["server"])
    line = Line((str(server.hostname), server.port or 443))
    cluster |= {"server": f"https://{line.address}", "tls-server-name": NAME}
    path = folder / "kubeconfig.json"
    path.write_text(json.dumps(config))
    path.chmod(0o600)
    try:
        yield line, path
    finally:
        line.close()


@contextlib.contextmanager
def before_engine(host: str) -> Iterator[Line]:
    """A line to the engine of a DOCKER_HOST, or to the usual one where that is empty."""
    kind, _, where = (host or "unix:///var/run/docker.sock").partition("://")
    at = urlsplit(f"//{where}")
    line = Line(where if kind == "unix" else (str(at.hostname), at.port or 2375))
    try:
        yield line
    finally:
        line.close()


def _connected(upstream: tuple[str, int] | str) -> socket.socket:
    if not isinstance(upstream, str):
        return socket.create_connection(upstream, 10)
    made = socket.socket(socket.AF_UNIX)
    made.connect(upstream)
    return made


def _bound(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made


def _end(each: socket.socket) -> None:
    """Wake whoever waits at it, here and on the other side."""
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
