"""Blobs on their way to us: taken up where they were cut, and the bytes that their digest names."""

from __future__ import annotations

import tempfile
import zlib
from typing import IO, TYPE_CHECKING

from pipelinekit.adapters.registry.connection import TRIES, Connection
from pipelinekit.adapters.registry.digests import PIECE, digest_stream, mismatch
from pipelinekit.adapters.registry.trouble import unbearable
from pipelinekit.errors import failed
from pipelinekit.records import dataclass

if TYPE_CHECKING:
    import requests


@dataclass(frozen=True, slots=True)
class Home:
    """A repository of a registry."""

    host: str
    repository: str


def fetch(connection: Connection, home: Home, digest: str, out: IO[bytes], limit: int) -> None:
    """Write a blob of at most `limit` bytes into an empty, seekable stream.

    A cut connection is taken up where it ended. Raises `ToolFailed` when the bytes are not the digest's,
    neither as they came nor without their `Content-Encoding`.
    """
    have, encoding = 0, ""
    for attempt in range(1, TRIES + 1):
        headers = {"Range": f"bytes={have}-"} if have else {}
        answer = connection.request(
            "GET",
            home.host,
            f"v2/{home.repository}/blobs/{digest}",
            repository=home.repository,
            headers=headers,
            stream=True,
        )
        connection.expect(answer, home.host, 200, 206)
        if answer.status_code == 200 and have:
            have = 0
            out.seek(0)
            out.truncate()
        encoding = str(answer.headers.get("Content-Encoding", "")) or encoding
        if append(home.host, answer, out, limit - have):
            break
        have = out.tell()
        if attempt == TRIES:
            raise failed("registry-cut", f"{home.host} cut the connection {TRIES} times in {digest}")
        connection.pause(attempt)
    out.seek(0)
    found = digest_stream(out)
    if found == digest or (encoding and _unpacked(out, digest, limit)):
        return
    raise mismatch(home.host, digest, found)


def append(host: str, answer: requests.Response, out: IO[bytes], limit: int) -> bool:
    """Write a body as it comes over the wire; whether it came to its end. `ToolFailed` when it has none."""
    import urllib3

    from pipelinekit.adapters.web import exchange

    began = out.tell()
    try:
        for piece in exchange.pieces(answer, limit):
            out.write(piece)
    except (urllib3.exceptions.HTTPError, TimeoutError, ConnectionError):
        answer.close()
        return False
    except exchange.Unbearable as error:
        answer.close()
        raise unbearable(host, error) from error
    promised = str(answer.headers.get("Content-Length", ""))
    return not promised.isascii() or not promised.isdigit() or out.tell() - began == int(promised[:15])


def _unpacked(out: IO[bytes], digest: str, limit: int) -> bool:
    """Whether it is the digest's without its encoding; then `out` holds that."""
    with tempfile.TemporaryFile() as plain:
        try:
            unpack(out, plain, limit)
        except (zlib.error, ValueError):
            return False
        plain.seek(0)
        if digest_stream(plain) != digest:
            return False
        plain.seek(0)
        out.seek(0)
        out.truncate()
        while piece := plain.read(PIECE):
            out.write(piece)
    return True


def unpack(packed: IO[bytes], plain: IO[bytes], limit: int) -> None:
    """Undo gzip; raises `ValueError` when that gives more than `limit` bytes, `zlib.error` for no gzip."""
    packed.seek(0)
    work = zlib.decompressobj(32 + zlib.MAX_WBITS)
    while (piece := work.unconsumed_tail or packed.read(PIECE)) and not work.eof:
        plain.write(work.decompress(piece, PIECE))
        if plain.tell() > limit:
            raise ValueError("larger than it may be")
