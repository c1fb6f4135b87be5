"""Heads of the ledger in a registry: a tag `ledger-VERSION` on an artifact that says nothing else."""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.adapters.registry.artifacts import EMPTY
from pipelinekit.adapters.registry.blobs import Home
from pipelinekit.adapters.registry.digests import OCI_MANIFEST, Manifest, canonical, descriptor, digest_bytes
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.model.ledger import ANCHOR_TAG, Anchor, read_anchor
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.deploying.deployment import ANCHOR

KIND = "application/vnd.pipelinekit.ledger.v1+json"


class TagAnchors:
    """Registries as one set of credentials sees them."""

    def __init__(self, registry: OciRegistry) -> None:
        self.registry = registry

    def mark(self, image: ImageRef, anchor: Anchor) -> None:
        """Remember it beside an image, under the image's version; what is remembered already stays."""
        ref = replace(image, tag=f"{ANCHOR_TAG}{image.tag}", digest="")
        if self.registry.digest_of(ref):
            return
        self.registry.blobs.upload(Home(ref.registry, ref.repository), b"{}")
        body = canonical(
            {
                "schemaVersion": 2,
                "mediaType": OCI_MANIFEST,
                "artifactType": KIND,
                "config": descriptor(EMPTY, b"{}"),
                "layers": [descriptor(EMPTY, b"{}")],
                "annotations": {ANCHOR: str(anchor)},
            }
        )
        self.registry.manifests.put(ref, Manifest(body, OCI_MANIFEST, digest_bytes(body)))

    def marks(self, image: ImageRef) -> tuple[Anchor, ...]:
        """What is remembered beside the images of that repository."""
        found = []
        for tag in self.registry.manifests.tags(image.registry, image.repository):
            if not tag.startswith(ANCHOR_TAG):
                continue
            ref = replace(image, tag=tag, digest="")
            notes = self.registry.manifests.get(ref).body.get("annotations") or {}
            found.append(read_anchor(str(notes.get(ANCHOR, "")), f"the tag {ref}"))
        return tuple(each for each in found if each)
