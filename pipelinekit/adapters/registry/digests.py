"""Digests and media types of what registries hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from pipelinekit.errors import ToolFailed, failed

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
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
