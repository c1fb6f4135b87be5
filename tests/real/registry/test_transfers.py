"""Ways to take and to give bytes that differ, none of them wrong: each is taken, or told."""

from __future__ import annotations

import gzip
import io
import json
import re
from functools import partial
from pathlib import Path

import pytest

from pipelinekit.adapters.registry.blobs import Home
from pipelinekit.adapters.registry.digests import digest_bytes
from pipelinekit.adapters.registry.helmrepository import HttpCharts
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import ImageRef
from tests.real.registry.place import HOST, PLACE, client
from tests.real.strangers import Said, Seen, World

HOME = Home(HOST, "t/x")
CONTENT = bytes(range(256)) * 4096
DIGEST = digest_bytes(CONTENT)


def _same(said: Said, _: Seen) -> Said:
    return said


class Store:
    """A registry's uploads: `patch` is its answer to a piece, None to take it; `last` ends an upload."""

    def __init__(self, *, patch: int = 0, least: int = 0, most: int = 1 << 40, last: int = 201) -> None:
        self.patch, self.least, self.most, self.last = patch, least, most, last
        self.held, self.pieces, self.whole = b"", list[int](), b""

    def __call__(self, seen: Seen) -> Said:
        if seen.method == "HEAD":
            return Said(404)
        if seen.method == "POST":
            self.held, self.pieces = b"", []
            least = (("OCI-Chunk-Min-Length", str(self.least)),) if self.least else ()
            return Said(202, b"", (("Location", "/up?state=1"), *least))
        if seen.method == "PATCH":
            if self.patch:
                return Said(self.patch)
            if len(seen.body) > self.most:
                return Said(413, b"<html>413 Request Entity Too Large</html>")
            self.held += seen.body
            self.pieces.append(len(seen.body))
            return Said(202, b"", (("Location", "/up?state=2"),))
        self.held += seen.body
        self.whole = self.held
        return Said(self.last)


@pytest.mark.parametrize("status", [405, 413, 416, 501])
def test_a_registry_that_takes_no_pieces_gets_all_at_once(world: World, status: int) -> None:
    store = Store(patch=status)
    world.serve(PLACE, store)
    assert client().blobs.upload(HOME, CONTENT) == DIGEST
    assert store.whole == CONTENT
    assert [each.method for each in world.seen].count("PUT") == 1


def test_pieces_that_are_too_big_become_smaller(world: World) -> None:
    store = Store(most=512 * 1024)
    world.serve(PLACE, store)
    client(chunk=700_000).blobs.upload(HOME, CONTENT)
    assert store.whole == CONTENT
    assert max(store.pieces) <= 512 * 1024


def test_pieces_are_as_long_as_the_registry_asks(world: World) -> None:
    store = Store(least=500_000)
    world.serve(PLACE, store)
    client(chunk=100_000).blobs.upload(HOME, CONTENT)
    assert store.whole == CONTENT
    assert store.pieces[:-1] == [500_000] * (len(CONTENT) // 500_000)


@pytest.mark.parametrize("status", [201, 202, 204])
def test_the_end_of_an_upload_has_three_numbers(world: World, status: int) -> None:
    store = Store(last=status)
    world.serve(PLACE, store)
    client(chunk=1 << 24).blobs.upload(HOME, CONTENT)
    assert store.whole == CONTENT


def test_an_upload_without_an_address_is_a_sentence(world: World) -> None:
    world.serve(PLACE, lambda seen: Said(404 if seen.method == "HEAD" else 202))
    with pytest.raises(ToolFailed, match="with the address to go on at missing"):
        client().blobs.upload(HOME, CONTENT)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
def test_a_mount_that_is_refused_is_an_upload(world: World, status: int) -> None:
    store = Store()
    world.serve(PLACE, lambda seen: Said(status) if "mount=" in seen.path else store(seen))
    location = client().blobs.mount(HOME, DIGEST, "t/y")
    client().blobs.send(HOME, DIGEST, io.BytesIO(CONTENT), len(CONTENT), location)
    assert store.whole == CONTENT


# --- encodings ------------------------------------------------------------------------------------

ARCHIVE = gzip.compress(CONTENT, mtime=0)


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [(ARCHIVE, ARCHIVE), (gzip.compress(ARCHIVE), ARCHIVE), (ARCHIVE, CONTENT), (CONTENT, CONTENT)],
    ids=["called gzip because it is", "packed twice", "packed on its way", "called gzip and is not"],
)
def test_the_bytes_are_those_that_the_digest_names(
    world: World, tmp_path: Path, sent: bytes, wanted: bytes
) -> None:
    encoded = (("Content-Encoding", "gzip"),)
    world.serve(PLACE, lambda _: Said(200, sent, encoded))
    assert client().blobs.read(HOME, digest_bytes(wanted)) == wanted
    listed = {"version": "1", "urls": ["a.tgz"], "digest": digest_bytes(wanted)}
    index = json.dumps({"entries": {"orders": [listed]}}).encode()
    world.serve(
        "https://charts.test",
        lambda seen: Said(200, index) if "index" in seen.path else Said(200, sent, encoded),
    )
    HttpCharts(lambda _: None).fetch_chart(
        ImageRef("https://charts.test", "orders", tag="1"), tmp_path / "a.tgz"
    )
    assert (tmp_path / "a.tgz").read_bytes() == wanted


# --- indexes --------------------------------------------------------------------------------------


def test_an_index_is_utf_8_and_its_sound_entries_count(world: World) -> None:
    text = """
entries:
  orders:
  - {urls: [a.tgz], description: "somebody\u2019s"}
  - {version: 1.0.0, description: no urls}
  - {version: 1.1.0, urls: []}
  - {version: 2, urls: [a.tgz]}
  - text
  - {version: 1.2.0, urls: [a.tgz], digest: DIGEST}
  strange: 3
"""
    body = text.replace("DIGEST", DIGEST).encode()
    for packed, headers in (
        (body, (("Content-Type", "text/x-yaml"),)),
        (gzip.compress(body), (("Content-Type", "text/x-yaml"), ("Content-Encoding", "gzip"))),
    ):
        said = Said(200, packed, headers)
        world.serve("https://charts.test", partial(_same, said))
        lines: list[str] = []
        charts = HttpCharts(lambda _: None, say=lines.append)
        ref = ImageRef("https://charts.test", "orders", tag="1.2.0")
        assert charts.digest_of(ref) == DIGEST
        assert charts.digest_of(ref) == DIGEST
        assert [re.sub(r".*orders ", "", line) for line in lines] == [
            "has no version; it does not count",
            "('1.0.0') has no urls; it does not count",
            "('1.1.0') has no urls; it does not count",
            "has no version; it does not count",
            "is no mapping; it does not count",
        ]
        assert charts.digest_of(ImageRef("https://charts.test", "strange", tag="1")) is None
