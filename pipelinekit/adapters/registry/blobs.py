"""Blobs: read with resuming, uploaded in pieces with resuming, mounted where they are there already."""

from __future__ import annotations

import io
import math
import re
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urljoin

from pipelinekit.adapters.registry import download
from pipelinekit.adapters.registry.connection import AGAIN, TRIES, Body, Connection
from pipelinekit.adapters.registry.digests import digest_bytes, digest_stream
from pipelinekit.adapters.registry.download import Home
from pipelinekit.adapters.registry.login.tokens import odd
from pipelinekit.adapters.registry.progress import amount
from pipelinekit.adapters.registry.trouble import Unanswered, unexpected
from pipelinekit.counts import counted
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.ports import Live, nobody

if TYPE_CHECKING:
    import requests

CHUNK = 16 * 1024 * 1024
"""Bytes of one request of an upload; what is smaller goes in one piece."""
ANEW = frozenset((400, 404, 416))
"""The registry has lost track of an upload (restarted, tidied up, or Nexus at a first push): begin again."""
UNCHUNKED = frozenset((405, 411, 413, 415, 416, 501))
"""The registry does not take a piece, or none of this size."""
UNMOUNTED = frozenset((400, 403, 404, 405, 501))
"""The registry does not take a blob over from another repository."""
STORED = frozenset((201, 202, 204))
PIECE_ASKED = 512 * 1024
"""Bytes that fit where a proxy lets a megabyte pass, as nginx does when nobody told it otherwise."""
LARGEST_PIECE = 256 * 1024 * 1024
"""Bytes of a piece that we keep in memory; a registry that wants larger ones gets all at once."""
SMALL = 4 * 1024 * 1024
FEW = 64 * 1024
FRESH = 30.0
"""Seconds for which what was stored is taken to be there still."""
LARGEST = 64 * 1024**3
"""Bytes of a blob whose size nobody has told."""

__all__ = ["CHUNK", "Blobs", "Home"]


class Blobs:
    """The blobs of registries. `live` is told how far an upload is."""

    def __init__(self, connection: Connection, *, chunk: int = CHUNK, live: Live = nobody) -> None:
        self.connection = connection
        self.chunk = chunk
        self.live = live
        self._stored: dict[tuple[Home, str], float] = {}

    def has(self, home: Home, digest: str) -> bool:
        """Whether the repository has it."""
        answer = self._ask("HEAD", home, f"blobs/{digest}")
        if answer.status_code == 404:
            return False
        self.connection.expect(answer, home.host, 200)
        return True

    def read(self, home: Home, digest: str, *, limit: int = SMALL) -> bytes:
        """A small one, whole; its digest is verified. Raises `ToolFailed` when it is larger than `limit`."""
        out = io.BytesIO()
        self.fetch(home, digest, out, size=limit)
        return out.getvalue()

    def fetch(self, home: Home, digest: str, out: IO[bytes], *, size: int | None = None) -> None:
        """Write it to the end of an empty, seekable stream; a cut connection is taken up where it ended.

        `size` is the most that it may have. Raises `ToolFailed` when the bytes are not those of the digest.
        """
        download.fetch(self.connection, home, digest, out, LARGEST if size is None else size)

    def mount(self, home: Home, digest: str, source: str) -> str:
        """Take a blob over from another repository of the registry.

        Empty when it is there now; else the address of the upload that takes its place.
        """
        try:
            answer = self.connection.request(
                "POST",
                home.host,
                f"v2/{home.repository}/blobs/uploads/?mount={digest}&from={source}",
                repository=home.repository,
                also=[source],
                takes=frozenset((403,)),
            )
        except ToolFailed as error:
            # Whoever may not read over there may write here all the same; if not, that is told by the upload.
            if error.faults[0].code != "registry-denied":
                raise
            return self._open(home)[0]
        if answer.status_code in UNMOUNTED:
            return self._open(home)[0]
        self.connection.expect(answer, home.host, 201, 202)
        return "" if answer.status_code == 201 else _location(home, answer)

    def upload(self, home: Home, data: bytes) -> str:
        """Store some bytes unless they are there; their digest.

        A few bytes are sent sooner than it is asked whether they are there.
        """
        digest = digest_bytes(data)
        if time.monotonic() - self._stored.get((home, digest), -math.inf) > FRESH:
            if len(data) <= FEW or not self.has(home, digest):
                self.send(home, digest, io.BytesIO(data), len(data))
            self._stored[home, digest] = time.monotonic()
        return digest

    def forget(self) -> None:
        """Take nothing that was stored for there still."""
        self._stored.clear()

    def upload_file(self, home: Home, path: Path) -> tuple[str, int]:
        """Store a file unless it is there; its digest and size."""
        with path.open("rb") as stream:
            digest = digest_stream(stream)
            size = stream.tell()
            if not self.has(home, digest):
                self.send(home, digest, stream, size)
        return digest, size

    def send(self, home: Home, digest: str, stream: IO[bytes], size: int, location: str = "") -> None:
        """Upload what the stream holds; the registry verifies the digest.

        Cut in the middle, it goes on with what the registry has; an upload that the registry has lost is
        begun again, in smaller pieces or in one when it takes none of this size. Raises `ToolFailed` when
        that does not help either.
        """
        problem = failed("registry-cut", f"{home.host} did not take {digest}")
        chunk = self.chunk
        for attempt in range(1, TRIES + 1):
            answer = None
            try:
                if not location:
                    location, least = self._open(home)
                    chunk = max(chunk, least) if chunk else 0
                answer = self._send_all(home, location, digest, stream, size, chunk)
            except Unanswered as cut:
                location, problem = "", cut.final
            if answer is not None:
                if answer.status_code in STORED:
                    return
                location, problem = "", unexpected(home.host, answer)
                if answer.request.method == "PATCH" and answer.status_code in UNCHUNKED:
                    chunk = PIECE_ASKED if answer.status_code == 413 and chunk > PIECE_ASKED else 0
                    continue
                if answer.status_code not in ANEW | AGAIN or _is_final(answer):
                    raise problem
            self.connection.pause(attempt, answer)
        raise problem

    # --- one upload -------------------------------------------------------------------------------

    def _open(self, home: Home) -> tuple[str, int]:
        """Where an upload goes, and the least that the registry takes as a piece of it."""
        answer = self._ask("POST", home, "blobs/uploads/", again=AGAIN | {400})
        self.connection.expect(answer, home.host, 202)
        least = str(answer.headers.get("OCI-Chunk-Min-Length", ""))
        return _location(home, answer), int(least) if re.fullmatch("[0-9]{1,15}", least) else 0

    def _send_all(
        self, home: Home, location: str, digest: str, stream: IO[bytes], size: int, chunk: int
    ) -> requests.Response:
        """The registry's last word: that it has all, or what went wrong. `chunk` 0: all at once."""
        at, cuts = 0, 0
        if chunk > LARGEST_PIECE:
            chunk = 0
        pieces = 0 < chunk < size
        while pieces and at < size:
            self.live(f"{digest[:19]}, {amount(at, size)}")
            stream.seek(at)
            piece = stream.read(chunk)
            headers = {
                "Content-Type": "application/octet-stream",
                "Content-Range": f"{at}-{at + len(piece) - 1}",
            }
            try:
                answer = self._put(home, "PATCH", location, piece, headers)
                if answer.status_code in {201, 202, 204}:
                    location, at = _location(home, answer), at + len(piece)
                    continue
                if answer.status_code not in AGAIN:
                    return answer
            except Unanswered:
                answer = None
            cuts += 1
            if cuts == TRIES:
                # Enough: an upload begun anew would be tried as often again.
                cut = failed("registry-cut", f"{home.host} cut the upload {counted(cuts, 'time')}")
                raise unexpected(home.host, answer) if answer is not None else cut
            self.connection.pause(cuts, answer)
            location, at = self._resume(home, location)
        stream.seek(0)
        rest: Body = b"" if pieces else stream.read() if size <= self.chunk else stream
        joiner = "&" if "?" in location else "?"
        headers = {"Content-Type": "application/octet-stream"}
        return self._put(home, "PUT", f"{location}{joiner}digest={digest}", rest, headers)

    def _resume(self, home: Home, location: str) -> tuple[str, int]:
        """Where to go on, and how many bytes the registry has."""
        answer = self.connection.request("GET", home.host, location, repository=home.repository)
        if answer.status_code not in {202, 204}:
            raise Unanswered(unexpected(home.host, answer))
        match = re.fullmatch(r"(?:bytes=)?0-([0-9]{1,15})", answer.headers.get("Range", "0-0"))
        last = int(match[1]) if match else 0
        if "Location" in answer.headers:
            location = _location(home, answer)
        return location, last + 1 if last else 0

    def _put(
        self, home: Home, method: str, location: str, data: Body, headers: dict[str, str]
    ) -> requests.Response:
        return self.connection.request(
            method, home.host, location, repository=home.repository, headers=headers, data=data, tries=1
        )

    def _ask(self, method: str, home: Home, path: str, *, again: frozenset[int] = AGAIN) -> requests.Response:
        return self.connection.request(
            method, home.host, f"v2/{home.repository}/{path}", repository=home.repository, again=again
        )


def _location(home: Home, answer: requests.Response) -> str:
    """Where an upload goes on; raises `ToolFailed` when the registry does not say so."""
    said = str(answer.headers.get("Location", ""))
    try:
        address = urljoin(answer.url, said)
    except ValueError:
        address = ""
    if not said or not address.startswith(("http://", "https://")):
        lacks = "that cannot be read" if said else "missing"
        raise odd(home.host, f"{answer.status_code} to an upload, with the address to go on at {lacks}")
    return address


def _is_final(answer: requests.Response) -> bool:
    """A fault of the bytes themselves: sending them again gives the same."""
    return answer.status_code == 400 and "DIGEST_INVALID" in answer.text
