"""Images, for the tests of the registry client."""

from __future__ import annotations

from collections.abc import Callable

from pipelinekit.adapters.registry.blobs import Home
from pipelinekit.adapters.registry.digests import (
    OCI_INDEX,
    OCI_MANIFEST,
    Manifest,
    canonical,
    descriptor,
    digest_bytes,
)
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.release import ImageRef

MIB = 1024 * 1024


def client(chunk: int = 256 * 1024, sleep: Callable[[float], None] = lambda _: None) -> OciRegistry:
    """Anonymous, with small pieces and, where nothing else is said, no pauses."""
    return OciRegistry(lambda _: None, chunk=chunk, sleep=sleep)


def image(
    oci: OciRegistry, ref: ImageRef, content: bytes = b"layer", *, architecture: str = "amd64"
) -> Manifest:
    """Store a small image of one layer."""
    home = Home(ref.registry, ref.repository)
    config = canonical(
        {
            "architecture": architecture,
            "os": "linux",
            "created": "2020-01-01T00:00:00Z",
            "config": {"Labels": {"a": "b"}},
        }
    )
    body = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", config),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", content)],
    }
    for blob in (config, content):
        oci.blobs.upload(home, blob)
    manifest = Manifest(canonical(body), OCI_MANIFEST, digest_bytes(canonical(body)))
    oci.manifests.put(ref, manifest)
    return manifest


def index(oci: OciRegistry, ref: ImageRef) -> Manifest:
    """Store an index of two platforms."""
    children = []
    for architecture in ("amd64", "arm64"):
        child = image(
            oci, ImageRef(ref.registry, ref.repository), architecture.encode() * 99, architecture=architecture
        )
        children.append(
            {
                "mediaType": OCI_MANIFEST,
                "digest": child.digest,
                "size": len(child.content),
                "platform": {"os": "linux", "architecture": architecture},
            }
        )
    content = canonical({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children})
    manifest = Manifest(content, OCI_INDEX, digest_bytes(content))
    oci.manifests.put(ref, manifest)
    return manifest


def attach(oci: OciRegistry, subject: ImageRef, manifest: Manifest, text: bytes) -> Manifest:
    """Store something that refers to a manifest."""
    home = Home(subject.registry, subject.repository)
    for blob in (b"{}", text):
        oci.blobs.upload(home, blob)
    content = canonical(
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "artifactType": "application/vnd.example.note",
            "config": descriptor("application/vnd.oci.empty.v1+json", b"{}"),
            "layers": [descriptor("text/plain", text)],
            "subject": {"mediaType": manifest.kind, "digest": manifest.digest, "size": len(manifest.content)},
        }
    )
    made = Manifest(content, OCI_MANIFEST, digest_bytes(content))
    oci.manifests.attach(ImageRef(subject.registry, subject.repository, digest=manifest.digest), made)
    return made
