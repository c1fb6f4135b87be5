"""A proxy before a registry that counts requests and, on command, fails the way networks do.

It listens on loopback, speaks plain HTTP on both sides, and stops with its block.
"""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_HOP = {"connection", "keep-alive", "transfer-encoding", "proxy-connection"}
_PIECE = 64 * 1024
_PATIENCE = 60  # seconds to the registry behind


@dataclass
class Fault:
    """What happens to requests whose `METHOD path` the pattern finds, `times` times.

    `status` answers in the registry's place, with `headers` and `body`; `cut_request` passes so many bytes of
    the request's body on and then drops both connections; `cut_answer` gives so many bytes of the answer;
    `drop_answer` lets the registry work and says nothing about it; `slow` waits so many seconds.
    """

    pattern: str
    times: int = 1
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut_request: int | None = None
    cut_answer: int | None = None
    drop_answer: bool = False
    slow: float = 0.0
    before: Callable[[], None] | None = None
    """Done when the request has come, before anything else: somebody else is quicker."""


@dataclass
class Proxy:
    """`address` stands for the registry; `log` has every request as `METHOD path`."""

    address: str
    upstream: str
    log: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    sent: int = 0
    """Bytes of request bodies that the registry has been given."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, pattern: str, **how: object) -> None:
        """Arrange for a fault; the first one that fits is taken."""
        self.faults.append(Fault(pattern, **how))  # type: ignore[arg-type]

    def take(self, line: str) -> Fault | None:
        """Log a request; the fault that it gets."""
        with self.lock:
            self.log.append(line)
            for each in self.faults:
                if each.times > 0 and re.search(each.pattern, line):
                    each.times -= 1
                    return each
        return None

    def count(self, pattern: str = "") -> int:
        """How many requests there were whose `METHOD path` the pattern finds."""
        return sum(bool(re.search(pattern, line)) for line in self.log)


@contextmanager
def before(upstream: str) -> Iterator[Proxy]:
    """A proxy before the registry at `upstream` ("127.0.0.1:PORT") for the duration of the block."""

    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy = Proxy(f"127.0.0.1:{server.server_address[1]}", upstream)
    Handler.proxy = proxy
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


class _Cut(Exception):
    """The connection is to be dropped without another byte."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def handle(self) -> None:
        try:
            super().handle()
        except (_Cut, ConnectionError):
            self._drop()

    def _any(self) -> None:
        fault = self.proxy.take(f"{self.command} {self.path}") or Fault("")
        if fault.before:
            fault.before()
        time.sleep(fault.slow)
        if fault.status:
            self._drain()
            self._answer(fault.status, list(fault.headers.items()), fault.body)
            return
        self._forward(fault)

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

    def _forward(self, fault: Fault) -> None:
        behind = http.client.HTTPConnection(self.proxy.upstream, timeout=_PATIENCE)
        try:
            behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _HOP:
                    behind.putheader(name, value)
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                behind.putheader("Transfer-Encoding", "chunked")
            behind.endheaders()
            self._body(behind, fault.cut_request)
            answer = behind.getresponse()
            content = answer.read()
        finally:
            behind.close()
        if fault.drop_answer:
            raise _Cut
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP]
        self._answer(answer.status, headers, content, cut=fault.cut_answer)

    def _body(self, behind: http.client.HTTPConnection, cut: int | None) -> None:
        """Pass the request's body on, but not more than `cut` bytes of it."""
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "")
        for piece in self._pieces():
            if cut is not None and len(piece) >= cut:
                behind.send(_framed(piece[:cut], chunked=chunked))
                # The registry has to see these bytes and then the end, not a reset that outruns them.
                if behind.sock:
                    behind.sock.shutdown(socket.SHUT_WR)
                time.sleep(0.1)
                raise _Cut
            cut = cut - len(piece) if cut is not None else None
            behind.send(_framed(piece, chunked=chunked))
            self.proxy.sent += len(piece)
        if chunked:
            behind.send(b"0\r\n\r\n")

    def _pieces(self) -> Iterator[bytes]:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length") or 0)
        while left:
            piece = self.rfile.read(min(left, _PIECE))
            if not piece:
                raise _Cut
            left -= len(piece)
            yield piece

    def _drain(self) -> None:
        for _ in self._pieces():
            pass

    def _answer(
        self, status: int, headers: list[tuple[str, str]], content: bytes, *, cut: int | None = None
    ) -> None:
        self.send_response_only(status)
        named = {name.lower() for name, _ in headers}
        for name, value in headers:
            self.send_header(name, value)
        if "content-length" not in named:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content if cut is None else content[:cut])
        if cut is not None:
            self.wfile.flush()
            raise _Cut

    def _drop(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """The proxy has a log of its own."""


def _framed(piece: bytes, *, chunked: bool) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
