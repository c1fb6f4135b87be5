"""Images on disk in OCI's layout: what an engine without a registry client of its own leaves."""

from __future__ import annotations

import json
from pathlib import Path

from pipelinekit.adapters.registry.blobs import Blobs, Home
from pipelinekit.adapters.registry.digests import Manifest, digest_bytes
from pipelinekit.adapters.registry.manifests import Manifests
from pipelinekit.counts import counted
from pipelinekit.errors import failed
from pipelinekit.model.release import ImageRef
from pipelinekit.ports import Say


def push(manifests: Manifests, blobs: Blobs, layout: Path, ref: ImageRef, say: Say) -> str:
    """Store the one image (or index) of a layout under `ref`; its digest."""
    listed = json.loads((layout / "index.json").read_text())["manifests"]
    if len(listed) != 1:
        raise failed("layout-odd", f"{layout} holds {counted(len(listed), 'image')} where one was expected")
    return _store(manifests, blobs, layout, ref, listed[0], say)


def _store(
    manifests: Manifests, blobs: Blobs, layout: Path, ref: ImageRef, entry: dict[str, str], say: Say
) -> str:
    content = _path(layout, entry["digest"]).read_bytes()
    manifest = Manifest(content, entry["mediaType"], digest_bytes(content))
    for child in manifest.children:
        _store(manifests, blobs, layout, ImageRef(ref.registry, ref.repository), dict(child), say)
    for blob in {each["digest"]: each for each in manifest.blobs}.values():
        digest, size = blobs.upload_file(Home(ref.registry, ref.repository), _path(layout, blob["digest"]))
        say(f"{digest[:19]} {counted(size, 'byte')}")
    manifests.put(ref, manifest)
    return manifest.digest


def _path(layout: Path, digest: str) -> Path:
    kind, _, value = digest.partition(":")
    return layout / "blobs" / kind / value
