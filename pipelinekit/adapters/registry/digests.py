"""Digests and media types of what registries hold."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from pipelinekit.errors import ToolFailed, failed
from pipelinekit.records import dataclass

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
SCHEMA_1 = (
    "application/vnd.docker.distribution.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
)
MANIFESTS = (OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST)
INDEXES = (OCI_INDEX, DOCKER_LIST)

PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest or an index, byte for byte as the registry has it."""

    content: bytes
    kind: str
    digest: str

    @property
    def body(self) -> Mapping[str, Any]:
        """Its JSON."""
        parsed: Mapping[str, Any] = json.loads(self.content)
        return parsed

    @property
    def is_index(self) -> bool:
        """Whether it only points at other manifests."""
        return self.kind in INDEXES

    @property
    def children(self) -> tuple[Mapping[str, Any], ...]:
        """Descriptors of the manifests that an index points at."""
        return tuple(self.body.get("manifests", ())) if self.is_index else ()

    @property
    def blobs(self) -> tuple[Mapping[str, Any], ...]:
        """Descriptors of the blobs that a manifest is made of, its configuration first."""
        body = self.body
        return () if self.is_index else (body["config"], *body.get("layers", ()))


def is_digest(text: object) -> bool:
    """Whether `text` is a digest as registries give it."""
    return (
        isinstance(text, str) and re.fullmatch(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}", text) is not None
    )


def fault_in(manifest: Manifest) -> str:
    """Why a manifest is none that we can read, as a predicate; empty when it can be."""
    try:
        body = json.loads(manifest.content)
    except (ValueError, RecursionError):
        return "is no JSON"
    if not isinstance(body, dict):
        return "is no JSON object"
    if manifest.kind in SCHEMA_1 or body.get("schemaVersion") == 1:
        return "is a schema 1 manifest, which nobody writes any more"
    listed = (
        body.get("manifests", [])
        if manifest.is_index
        else [body.get("config"), *_list(body.get("layers", []))]
    )
    if not isinstance(listed, list) or not all(map(_is_descriptor, listed)):
        return "does not say in a readable way what it is made of"
    if not re.fullmatch(r"[!-~]*", manifest.kind):
        # It is to be the value of a header.
        return "has a media type that is none"
    if not isinstance(body.get("annotations") or {}, dict):
        return "has annotations that cannot be read"
    try:
        canonical(body)
    except ValueError:
        # Half a pair of surrogates is JSON; what of it goes into an index of ours could not be written.
        return "has half a character in it"
    return ""


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else [None]


def _is_descriptor(each: object) -> bool:
    return (
        isinstance(each, dict)
        and is_digest(each.get("digest"))
        and isinstance(each.get("mediaType", ""), str)
        and type(each.get("size", 0)) is int
        and isinstance(each.get("annotations") or {}, dict)
    )


def digest_bytes(data: bytes) -> str:
    """`sha256:` and the hex digest."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest_stream(stream: IO[bytes]) -> str:
    """The same of what is left in a stream."""
    made = hashlib.sha256()
    for piece in pieces(stream):
        made.update(piece)
    return "sha256:" + made.hexdigest()


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """A stream in pieces that fit into memory."""
    while piece := stream.read(PIECE):
        yield piece


def descriptor(kind: str, data: bytes) -> dict[str, Any]:
    """The OCI descriptor of some bytes."""
    return {"mediaType": kind, "digest": digest_bytes(data), "size": len(data)}


def canonical(body: Mapping[str, Any]) -> bytes:
    """JSON of which the same content gives the same bytes."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def mismatch(host: str, wanted: str, found: str) -> ToolFailed:
    """Bytes that are not what they are called."""
    return failed(
        "digest-mismatch",
        f"{host}: {wanted} was asked for, {found} is what the bytes give",
        hint="something between here and the registry changes or cuts content",
    )
