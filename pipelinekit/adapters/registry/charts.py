"""Helm charts as OCI artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipelinekit.adapters.disk.files import read_bytes, write_atomic
from pipelinekit.adapters.registry.blobs import Blobs, Home
from pipelinekit.adapters.registry.digests import OCI_MANIFEST, Manifest, canonical, descriptor, digest_bytes
from pipelinekit.adapters.registry.manifests import Manifests
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import ImageRef

HELM_CONFIG = "application/vnd.cncf.helm.config.v1+json"
HELM_CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"

ARCHIVE = 64 * 1024 * 1024
"""Bytes of the largest chart that is fetched."""


def publish(
    manifests: Manifests, blobs: Blobs, ref: ImageRef, archive: Path, chart: Mapping[str, object]
) -> str:
    """Store a chart archive and its metadata; the manifest's digest.

    The same archive gives the same digest: the manifest holds no time.
    """
    made = manifest_of(*bring(blobs, ref, archive, chart), chart)
    try:
        manifests.put(ref, made)
    except ToolFailed:
        # It may have lost what it had taken.
        blobs.forget()
        raise
    return made.digest


def manifest(archive: Path, chart: Mapping[str, object]) -> Manifest:
    """The manifest of a chart archive and its metadata."""
    return manifest_of(canonical(chart), read_bytes(archive), chart)


def manifest_of(config: bytes, data: bytes, chart: Mapping[str, object]) -> Manifest:
    """The manifest of a chart, from its metadata and its archive as they are stored."""
    body = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(HELM_CONFIG, config),
        "layers": [descriptor(HELM_CHART, data)],
        "annotations": _annotations(chart),
    }
    content = canonical(body)
    return Manifest(content, OCI_MANIFEST, digest_bytes(content))


def bring(blobs: Blobs, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> tuple[bytes, bytes]:
    """Store what a chart is made of, metadata and archive, under no name yet; both as they are stored."""
    home, config, data = Home(ref.registry, ref.repository), canonical(chart), read_bytes(archive)
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(blobs.upload, home, config)
        blobs.upload(home, data)
        beside.result()
    return config, data


def layer(manifests: Manifests, ref: ImageRef) -> str:
    """The digest of the archive inside a published chart."""
    layers = [each for each in manifests.get(ref).blobs if each.get("mediaType") == HELM_CHART]
    if len(layers) != 1:
        raise failed("not-a-chart", f"{ref} is no Helm chart")
    return str(layers[0]["digest"])


def fetch(manifests: Manifests, blobs: Blobs, ref: ImageRef, to: Path) -> None:
    """Write a published chart's archive to `to`; the digests are verified."""
    write_atomic(to, blobs.read(Home(ref.registry, ref.repository), layer(manifests, ref), limit=ARCHIVE))


def _annotations(chart: Mapping[str, object]) -> dict[str, str]:
    wanted = {"title": "name", "version": "version", "description": "description"}
    found = {
        f"org.opencontainers.image.{name}": str(chart[key]) for name, key in wanted.items() if chart.get(key)
    }
    own = chart.get("annotations")
    # Readable without fetching the chart: what it was made of, and the image that it needs.
    return found | {str(key): str(value) for key, value in own.items()} if isinstance(own, Mapping) else found
