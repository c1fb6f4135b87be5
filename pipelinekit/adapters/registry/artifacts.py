"""Texts that refer to an image: bills of materials and the like."""

from __future__ import annotations

from pipelinekit.adapters.registry.blobs import Blobs, Home
from pipelinekit.adapters.registry.digests import OCI_MANIFEST, Manifest, canonical, descriptor, digest_bytes
from pipelinekit.adapters.registry.manifests import Manifests
from pipelinekit.model.release import ImageRef

EMPTY = "application/vnd.oci.empty.v1+json"


def attach(manifests: Manifests, blobs: Blobs, subject: ImageRef, kind: str, content: bytes) -> str:
    """Store `content` so that it is found at the subject's digest; the digest of its manifest."""
    home = Home(subject.registry, subject.repository)
    about = manifests.get(subject)
    for blob in (b"{}", content):
        blobs.upload(home, blob)
    body = canonical(
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "artifactType": kind,
            "config": descriptor(EMPTY, b"{}"),
            "layers": [descriptor(kind, content)],
            "subject": {"mediaType": about.kind, "digest": about.digest, "size": len(about.content)},
        }
    )
    made = Manifest(body, OCI_MANIFEST, digest_bytes(body))
    manifests.attach(subject, made)
    return made.digest
