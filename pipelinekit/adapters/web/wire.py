"""The wire below our HTTP: what bounds an answer in size and time, whatever a server sends."""

from __future__ import annotations

import http.client
import io
import time
import zlib
from collections.abc import Iterator, Mapping
from typing import IO, Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from pipelinekit.counts import counted

MIB = 1024 * 1024
HEAD = MIB // 4
"""Bytes of status line and headers, whatever comes before them included."""
LINE = 64 * 1024
GRACE = 60.0
"""Seconds that any exchange may take."""
SLOWEST = 8 * 1024
"""Bytes a second that an exchange must come to once that time is over."""
SILENCE = 60.0
"""Seconds between two bytes."""
_BLOCK = 64 * 1024


class Unbearable(Exception):
    """An answer that nobody can use: without end, too slow or unreadable. A predicate, for a sentence."""


def pieces(answer: requests.Response, limit: int) -> Iterator[bytes]:
    """A streamed body as it came over the wire; raises `Unbearable` after `limit` bytes."""
    total = 0
    for piece in answer.raw.stream(_BLOCK, decode_content=False):
        total += len(piece)
        if total > limit:
            answer.close()
            raise Unbearable(f"sends more than {_amount(limit)}")
        yield piece


def decoded(content: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """A body without its `Content-Encoding`; what only claims to have one is left as it is."""
    encoding = headers.get("Content-Encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return content
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise Unbearable("encodes its answer in a way that nobody asked for")
    try:
        # 32: gzip's header or zlib's.
        made = zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(content, limit + 1)
    except zlib.error:
        return content
    if len(made) > limit:
        raise Unbearable(f"sends more than {_amount(limit)}, compressed")
    return made


def _amount(size: int) -> str:
    return f"{size // MIB} MiB" if size >= MIB else f"{counted(size, 'byte')}"


class Bounded(HTTPAdapter):
    """Sends at a pace and reads with bounds. A body that is read whole is UTF-8: JSON and YAML are."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: Any, **named: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **named)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(self, request: requests.PreparedRequest, stream: bool = False, **how: Any) -> requests.Response:  # type: ignore[override]
        paced = request.copy()
        if request.body:
            body: Any = request.body.encode() if isinstance(request.body, str) else request.body
            paced.body = _Paced(io.BytesIO(body) if isinstance(body, bytes) else body)  # type: ignore[assignment]
        answer = super().send(paced, stream=True, **how)
        answer.request = request
        answer.encoding = "utf-8"
        # What is no success is read to be told, and has the bounds of a document.
        if stream and answer.status_code < 300:
            return answer
        try:
            content = b"".join(pieces(answer, self.limit))
        except urllib3.exceptions.TimeoutError as error:
            raise requests.exceptions.ReadTimeout(error, request=request) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise requests.exceptions.ConnectionError(error, request=request) from error
        answer._content = decoded(content, answer.headers, self.limit)  # noqa: SLF001
        answer._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        return answer


class _Pace:
    """Since when, and how much: raises when it is too little for the time."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.count = 0

    def left(self) -> float:
        """Seconds until something must have come."""
        return self.began + GRACE + self.count / SLOWEST - time.monotonic()

    def check(self) -> None:
        if self.left() <= 0:
            raise Unbearable("is too slow to be of use")


class _Paced:
    """A request's body, whose reader must keep the pace."""

    def __init__(self, body: IO[bytes]) -> None:
        self.body = body
        self.pace = _Pace()

    def read(self, size: int = -1) -> bytes:
        self.pace.check()
        piece = self.body.read(size)
        self.pace.count += len(piece)
        return piece


class _Wire(io.RawIOBase):
    """A socket's bytes, which must keep the pace; `limit` bounds them while it is set."""

    def __init__(self, raw: Any, sock: Any) -> None:
        self.raw, self.sock, self.pace = raw, sock, _Pace()
        self.limit: int | None = HEAD

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self.pace.check()
        self.sock.settimeout(min(SILENCE, max(self.pace.left(), 0.01)))
        try:
            count: int | None = self.raw.readinto(buffer)
        except TimeoutError:
            self.pace.check()
            raise
        self.pace.count += count or 0
        if self.limit is not None and self.pace.count > self.limit:
            raise Unbearable("sends headers without end")
        return count

    def close(self) -> None:
        if not self.closed:
            self.raw.close()
        super().close()


class _Lines(io.BufferedReader):
    """Whoever reads lines of any length, and any number of them, reads them from here."""

    lined = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(LINE + 1 if size is None or size < 0 else size)
        self.lined += len(line)
        # Lines frame pieces of a body; they are never most of it.
        if len(line) > LINE or self.lined > HEAD + 8 * max(self.tally() - self.lined, 0):
            raise Unbearable("sends lines without end")
        return line

    def tally(self) -> int:
        """The bytes that have come so far."""
        wire = self.raw
        return wire.pace.count if isinstance(wire, _Wire) else 0


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: Any, *given: Any, **named: Any) -> None:
        super().__init__(sock, *given, **named)
        self.wire = _Wire(self.fp.detach(), sock)
        self.fp = _Lines(self.wire)

    def begin(self) -> None:
        super().begin()
        self.wire.limit = None


class _Plain(HTTPConnection):
    response_class = _Response


class _Secure(HTTPSConnection):
    response_class = _Response


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Secure


_POOLS = {"http": _PlainPool, "https": _SecurePool}
