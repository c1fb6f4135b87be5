"""Blobs: read with resuming, uploaded in pieces with resuming, mounted where they are there already."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin

from pipelinekit.adapters.registry.connection import AGAIN, TRIES, Connection
from pipelinekit.adapters.registry.digests import PIECE, digest_bytes, digest_stream, mismatch
from pipelinekit.adapters.registry.progress import amount
from pipelinekit.adapters.registry.trouble import Unanswered, unexpected
from pipelinekit.errors import failed
from pipelinekit.ports import Live, nobody

if TYPE_CHECKING:
    import requests

CHUNK = 16 * 1024 * 1024
"""Bytes of one request of an upload; what is smaller goes in one piece."""
ANEW = frozenset((400, 404, 416))
"""The registry has lost track of an upload (restarted, tidied up, or Nexus at a first push): begin again."""


@dataclass(frozen=True, slots=True)
class Home:
    """A repository of a registry."""

    host: str
    repository: str


class Blobs:
    """The blobs of registries. `live` is told how far an upload is."""

    def __init__(self, connection: Connection, *, chunk: int = CHUNK, live: Live = nobody) -> None:
        self.connection = connection
        self.chunk = chunk
        self.live = live

    def has(self, home: Home, digest: str) -> bool:
        """Whether the repository has it."""
        answer = self._ask("HEAD", home, f"blobs/{digest}")
        if answer.status_code == 404:
            return False
        self.connection.expect(answer, home.host, 200)
        return True

    def read(self, home: Home, digest: str) -> bytes:
        """A small one, whole; its digest is verified."""
        out = io.BytesIO()
        self.fetch(home, digest, out)
        return out.getvalue()

    def fetch(self, home: Home, digest: str, out: BinaryIO | IO[bytes]) -> None:
        """Write it to the end of an empty, seekable stream; a cut connection is taken up where it ended.

        Raises `ToolFailed` when the bytes are not those of the digest.
        """
        have = 0
        for attempt in range(1, TRIES + 1):
            headers = {"Range": f"bytes={have}-"} if have else {}
            answer = self.connection.request(
                "GET",
                home.host,
                f"v2/{home.repository}/blobs/{digest}",
                repository=home.repository,
                headers=headers,
                stream=True,
            )
            self.connection.expect(answer, home.host, 200, 206)
            if answer.status_code == 200 and have:
                out.seek(0)
                out.truncate()
                have = 0
            whole = _append(answer, out)
            have = out.tell()
            if whole:
                break
            if attempt == TRIES:
                raise failed("registry-cut", f"{home.host} cut the connection {TRIES} times in {digest}")
            self.connection.pause(attempt)
        out.seek(0)
        found = digest_stream(out)
        if found != digest:
            raise mismatch(home.host, digest, found)

    def mount(self, home: Home, digest: str, source: str) -> str:
        """Take a blob over from another repository of the registry.

        Empty when it is there now; else the address of the upload that the registry opened instead.
        """
        answer = self.connection.request(
            "POST",
            home.host,
            f"v2/{home.repository}/blobs/uploads/?mount={digest}&from={source}",
            repository=home.repository,
            also=[source],
        )
        self.connection.expect(answer, home.host, 201, 202)
        return "" if answer.status_code == 201 else _location(answer)

    def upload(self, home: Home, data: bytes) -> str:
        """Store some bytes unless they are there; their digest."""
        digest = digest_bytes(data)
        if not self.has(home, digest):
            self.send(home, digest, io.BytesIO(data), len(data))
        return digest

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
        begun again. Raises `ToolFailed` when that does not help either.
        """
        problem = failed("registry-cut", f"{home.host} did not take {digest}")
        for attempt in range(1, TRIES + 1):
            try:
                location = location or self._open(home)
                answer = self._send_all(home, location, digest, stream, size)
            except Unanswered as cut:
                location, problem = "", cut.final
                answer = None
            if answer is not None:
                if answer.status_code == 201:
                    return
                location, problem = "", unexpected(home.host, answer)
                if answer.status_code not in ANEW | AGAIN or _is_final(answer):
                    raise problem
            self.connection.pause(attempt, answer)
        raise problem

    # --- one upload -------------------------------------------------------------------------------

    def _open(self, home: Home) -> str:
        answer = self._ask("POST", home, "blobs/uploads/", again=AGAIN | {400})
        return _location(self.connection.expect(answer, home.host, 202))

    def _send_all(
        self, home: Home, location: str, digest: str, stream: IO[bytes], size: int
    ) -> requests.Response:
        """The registry's last word: 201, or what went wrong."""
        at, cuts = 0, 0
        while size > self.chunk and at < size:
            self.live(f"{digest[:19]}, {amount(at, size)}")
            stream.seek(at)
            piece = stream.read(self.chunk)
            headers = {
                "Content-Type": "application/octet-stream",
                "Content-Range": f"{at}-{at + len(piece) - 1}",
            }
            try:
                answer = self._put(home, "PATCH", location, piece, headers)
                if answer.status_code in {202, 204}:
                    location, at = _location(answer), at + len(piece)
                    continue
                if answer.status_code not in AGAIN:
                    return answer
            except Unanswered:
                answer = None
            cuts += 1
            if cuts == TRIES:
                # Enough: an upload begun anew would be tried as often again.
                cut = failed("registry-cut", f"{home.host} cut the upload {cuts} times")
                raise unexpected(home.host, answer) if answer is not None else cut
            self.connection.pause(cuts, answer)
            location, at = self._resume(home, location)
        stream.seek(at)
        rest = stream.read() if size <= self.chunk else b""
        joiner = "&" if "?" in location else "?"
        headers = {"Content-Type": "application/octet-stream"}
        return self._put(home, "PUT", f"{location}{joiner}digest={digest}", rest, headers)

    def _resume(self, home: Home, location: str) -> tuple[str, int]:
        """Where to go on, and how many bytes the registry has."""
        answer = self.connection.request("GET", home.host, location, repository=home.repository)
        if answer.status_code not in {202, 204}:
            raise Unanswered(unexpected(home.host, answer))
        match = re.fullmatch(r"(?:bytes=)?0-(\d+)", answer.headers.get("Range", "0-0"))
        last = int(match[1]) if match else 0
        with contextlib.suppress(KeyError):
            location = _location(answer)
        return location, last + 1 if last else 0

    def _put(
        self, home: Home, method: str, location: str, data: bytes, headers: dict[str, str]
    ) -> requests.Response:
        return self.connection.request(
            method, home.host, location, repository=home.repository, headers=headers, data=data, tries=1
        )

    def _ask(self, method: str, home: Home, path: str, *, again: frozenset[int] = AGAIN) -> requests.Response:
        return self.connection.request(
            method, home.host, f"v2/{home.repository}/{path}", repository=home.repository, again=again
        )


def _append(answer: requests.Response, out: BinaryIO | IO[bytes]) -> bool:
    """Whether the answer came to its end."""
    from requests import exceptions

    began = out.tell()
    try:
        for piece in answer.iter_content(PIECE):
            out.write(piece)
    except (exceptions.ChunkedEncodingError, exceptions.ConnectionError):
        return False
    promised = answer.headers.get("Content-Length")
    return promised is None or out.tell() - began == int(promised)


def _location(answer: requests.Response) -> str:
    return urljoin(answer.url, answer.headers["Location"])


def _is_final(answer: requests.Response) -> bool:
    """A fault of the bytes themselves: sending them again gives the same."""
    return answer.status_code == 400 and "DIGEST_INVALID" in answer.text
