"""Registries that answer every hostile way: everything ends, in a sentence."""

from __future__ import annotations

import gzip
import itertools
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.registry import manifests
from pipelinekit.adapters.registry.blobs import Home
from pipelinekit.adapters.registry.digests import OCI_INDEX, OCI_MANIFEST
from tests.real.hostile.asked import HOME, HOST, REF, USERS, client, everything, refusing, told
from tests.real.strangers import END, OPENING, Said, Seen, World, endless

CHUNKED = OPENING + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS: dict[str, Callable[[Any], None]] = {
    "body": endless(OPENING + END, b"[" * 65536),
    "slow body": endless(OPENING + END, b" ", 0.1),
    "silence": endless(b"", b"", 0.2),
    "silent body": endless(OPENING + b"Content-Length: 9\r\n\r\n", b"", 0.2),
    "headers": endless(OPENING, b"X-A: b\r\n"),
    "one header": endless(OPENING + b"X-A: ", b"b" * 4096),
    "slow headers": endless(OPENING + b"X-A: ", b"b", 0.1),
    "status line": endless(b"HTTP/1.1 200 ", b"O" * 4096),
    "continues": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "chunks": endless(CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n"),
    "a chunk's length": endless(CHUNKED, b"0" * 4096),
    "a chunk's extension": endless(CHUNKED + b"1;", b"x" * 4096),
    "trailers": endless(CHUNKED + b"0\r\n", b"X-A: b\r\n"),
    "slow chunks": endless(CHUNKED, b"1\r\n \r\n", 0.1),
}
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
BOMB = gzip.compress(b" " * (64 * 1024 * 1024))
DEEP = b"[" * 200_000
ODD: dict[str, Said] = {
    "page": Said(200, PAGE, (("Content-Type", "text/html"),)),
    "page as json": Said(200, PAGE, (("Content-Type", "application/json"),)),
    "page with a digest": Said(
        200, PAGE, (("Content-Type", OCI_MANIFEST), ("Docker-Content-Digest", "sha256:" + "0" * 64))
    ),
    "nothing": Said(200),
    "null": Said(200, b"null"),
    "a list": Said(200, b"[1]"),
    "a number": Said(200, b"1e999999"),
    "long number": Said(200, b"9" * 100_000),
    "text": Said(200, b'"text"'),
    "deep": Said(200, DEEP),
    "deep objects": Said(200, b'{"a":' * 100_000),
    "nul": Said(200, b'{"token": "\\u0000", "tags": ["\\ud800"]}'),
    "not UTF-8": Said(200, b'{"token": "\xff\xfe"}'),
    "UTF-16": Said(200, '{"token": "x"}'.encode("utf-16")),
    "bomb": Said(200, BOMB, (("Content-Encoding", "gzip"),)),
    "no gzip": Said(200, b"{}", (("Content-Encoding", "gzip"),)),
    "brotli": Said(200, b"\x0b\x02\x80{}\x03", (("Content-Encoding", "br"),)),
    "length": Said(200, b"{}", (("Content-Length", "99999999999999999999"),)),
    "no length": Said(200, b"{}", (("Content-Length", "many"),)),
    "shapes": Said(
        200, b'{"tags": 1, "repositories": {"a": 1}, "manifests": "x", "config": [], "layers": 1}'
    ),
    "descriptors": Said(
        200,
        b'{"manifests": [null, {"digest": "../../etc"}], "tags": [{}], "config": {"digest": 1}}',
        (("Content-Type", OCI_INDEX),),
    ),
    "no children": Said(200, b'{"manifests": []}', (("Content-Type", OCI_INDEX),)),
    "a digest of its own": Said(200, b"{}", (("Docker-Content-Digest", "sha256:\x1b[31m"),)),
    "errors": Said(500, b'{"errors": ["text", {"code": 1, "detail": [1]}, null]}'),
    "errors as a list": Said(400, b'[["errors"]]'),
    "later": Said(429, b"", (("Retry-After", "\xb2"),)),
    "much later": Said(503, b"", (("Retry-After", "Fri, 31 Dec 99999999 23:59:59 GMT"),)),
    "redirect to nowhere": Said(307),
    "redirect to itself": Said(307, b"", (("Location", "?again"),)),
    "redirect to no address": Said(307, b"", (("Location", "http://[::1"),)),
    "redirect to bytes": Said(307, b"", (("Location", "\xff\xfe"),)),
    "redirect to a long name": Said(307, b"", (("Location", f"https://{'a' * 300}.test/"),)),
    "redirect to a file": Said(307, b"", (("Location", "file:///etc/passwd"),)),
    "links": Said(200, b'{"tags": []}', (("Link", '<http://[::1>; rel="next"'),)),
    "202": Said(202),
    "201": Said(201),
    "status": Said(299, b"{}"),
    "schema 1": Said(200, b'{"schemaVersion": 1, "fsLayers": []}'),
    "challenge": Said(401, b"", (("WWW-Authenticate", 'Bearer realm="' + "\\" * 5000),)),
    "challenges": Said(401, b"", (("WWW-Authenticate", "Bearer " + "a=b," * 5000),)),
    "token": Said(401, b"", (("WWW-Authenticate", f'Bearer realm="{HOME}/token"'),)),
}
CHARSETS = ("utf-7", "idna", "undefined", "hex", "punycode", "utf-16", "\x01", "zlib_codec", "unicode_escape")
ODD |= {
    f"charset {each!r}": Said(500, b"caf\xe9 \\ud800 <", (("Content-Type", f"text/plain; charset={each}"),))
    for each in CHARSETS
}
BOUND = 25.0
"""Seconds within which a question has an end here, where a grace of one second is given; a hang has none."""


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_has_no_end_is_given_up(world: World, tmp_path: Path, kind: str) -> None:
    world.serve(HOME, lambda _: Said(feed=ENDLESS[kind]))
    oci = client()
    for question in (
        lambda: oci.manifests.get(REF),
        lambda: oci.blobs.read(Home(HOST, "t/x"), "sha256:" + "1" * 64),
    ):
        began = time.monotonic()
        assert told(question)
        assert time.monotonic() - began < BOUND
    for who in ("nexus", "jenkins", "charts"):
        world.serve("https://charts.test", lambda _: Said(feed=ENDLESS[kind]))
        assert told(partial(USERS[who], "https://charts.test"))


@pytest.mark.parametrize("kind", ODD)
def test_whatever_a_registry_says_is_a_sentence(world: World, tmp_path: Path, kind: str) -> None:
    world.serve(HOME, lambda _: ODD[kind])
    for question in everything(client(), tmp_path):
        told(question)
    for who in ("nexus", "jenkins", "charts"):
        world.serve("https://charts.test", lambda _: ODD[kind])
        told(partial(USERS[who], "https://charts.test"))


@pytest.mark.parametrize("kind", ODD)
def test_whatever_gives_tokens_says_is_a_sentence(world: World, kind: str) -> None:
    world.serve("https://other.test", lambda _: ODD[kind])
    world.serve(HOME, refusing('Bearer realm="https://other.test/token"'))
    assert told(lambda: client().digest_of(REF))


def test_a_page_in_the_place_of_json_is_named(world: World) -> None:
    world.serve(HOME, lambda _: ODD["page"])
    assert "an HTML page where JSON was due" in told(lambda: client().manifests.get(REF))
    world.serve(HOME, lambda _: ODD["schema 1"])
    assert "schema 1" in told(lambda: client().manifests.get(REF))


def test_a_list_without_end_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "PAGES", 30)
    pages = itertools.count()

    def page(_: Seen) -> Said:
        return Said(200, b"{}", (("Link", f'</v2/_catalog?last={next(pages)}>; rel="next"'),))

    world.serve(HOME, page)
    assert "without end" in told(lambda: client().manifests.catalog(HOST))
