"""OCI registries over HTTP: what is there, storing and copying it, and taking it away again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelinekit.adapters.registry import artifacts, charts, layout
from pipelinekit.adapters.registry.blobs import CHUNK, Blobs, Home
from pipelinekit.adapters.registry.connection import AGAIN, Connection
from pipelinekit.adapters.registry.copying import DEPTH, Copied, Copier
from pipelinekit.adapters.registry.manifests import Manifests
from pipelinekit.adapters.registry.trouble import Unanswered, unexpected
from pipelinekit.errors import failed
from pipelinekit.model.release import Credentials, ImageRef
from pipelinekit.ports import Live, Say, nobody


class OciRegistry:
    """Registries as one set of credentials sees them; connected at first use."""

    def __init__(
        self,
        credentials: Callable[[str], Credentials | None],
        *,
        chunk: int = CHUNK,
        live: Live = nobody,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.credentials = credentials
        self.connection = Connection(credentials, sleep=sleep)
        self.manifests = Manifests(self.connection)
        self.blobs = Blobs(self.connection, chunk=chunk, live=live)

    def ping(self, host: str) -> None:
        """Raise `ToolFailed` unless the registry answers and takes the credentials."""
        self.connection.expect(self.connection.request("GET", host, "v2/"), host, 200)

    def require_answer(self, host: str) -> None:
        """Raise `ToolFailed` unless the registry answers; it is asked once. One that lets nobody in does not
        raise another code than `DENIED`."""
        try:
            answer = self.connection.request("GET", host, "v2/", tries=1)
        except Unanswered as error:
            raise error.final from error
        if answer.status_code in AGAIN:
            raise unexpected(host, answer)

    def digest_of(self, ref: ImageRef) -> str | None:
        """The manifest's digest, or None when there is no such tag or digest."""
        return self.manifests.head(ref)

    def tag(self, ref: ImageRef, tag: str) -> str:
        """Give what the ref names one more tag, byte for byte; its digest."""
        manifest = self.manifests.get(ref)
        self.manifests.put(ImageRef(ref.registry, ref.repository, tag=tag), manifest)
        return manifest.digest

    def labels_of(self, ref: ImageRef) -> Mapping[str, str]:
        """The labels of an image that is there; of an index, those of its first image."""
        inner = self._configuration(ref).get("config")
        labels = inner.get("Labels") if isinstance(inner, dict) else None
        return {str(name): str(value) for name, value in labels.items()} if isinstance(labels, dict) else {}

    def begins(self, ref: ImageRef) -> tuple[str, tuple[str, ...]]:
        """The folder in which an image begins, and with which command; empty where it has none."""
        entry, command = self.words_of(ref)
        return str(self._inner(ref).get("WorkingDir") or ""), (*entry, *command)

    def words_of(self, ref: ImageRef) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """ENTRYPOINT and CMD of an image; empty where it has none."""
        inner = self._inner(ref)
        entry, command = (tuple(map(str, inner.get(key) or ())) for key in ("Entrypoint", "Cmd"))
        return entry, command

    def built(self, ref: ImageRef) -> str:
        """When an image was built, as its configuration has it (RFC 3339)."""
        return str(self._configuration(ref).get("created", ""))

    def bring_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> None:
        """Store what a chart is made of; no version names it yet."""
        charts.bring(self.blobs, ref, archive, chart)

    def digest_to_be(self, archive: Path, chart: Mapping[str, object]) -> str:
        """The digest of the manifest that `publish_chart` makes."""
        return charts.manifest(archive, chart).digest

    def publish_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> str:
        """Store a chart archive and its metadata as an OCI artifact; the manifest's digest."""
        return charts.publish(self.manifests, self.blobs, ref, archive, chart)

    def chart_layer(self, ref: ImageRef) -> str:
        """The digest of the archive inside a published chart."""
        return charts.layer(self.manifests, ref)

    def fetch_chart(self, ref: ImageRef, to: Path) -> None:
        """Write a published chart's archive to `to`; the digests are verified."""
        charts.fetch(self.manifests, self.blobs, ref, to)

    def images_of(self, ref: ImageRef) -> Sequence[ImageRef]:
        """The images of an index, or the image itself, by digest."""
        manifest = self.manifests.get(ref)
        digests = [str(each["digest"]) for each in manifest.children] or [manifest.digest]
        return [replace(ref, tag="", digest=each) for each in digests]

    def kinds_at(self, ref: ImageRef) -> frozenset[str]:
        """The artifact types of what refers to an image."""
        return frozenset(str(each.get("artifactType", "")) for each in self.manifests.referrers(ref))

    def attach(self, ref: ImageRef, kind: str, content: bytes) -> str:
        """Store a text that refers to an image; the digest of its manifest."""
        return artifacts.attach(self.manifests, self.blobs, ref, kind, content)

    def is_plain(self, host: str) -> bool:
        """Whether the registry is spoken to without TLS."""
        return self.connection.base(host).startswith("http://")

    def push_layout(self, folder: Path, ref: ImageRef, say: Say) -> str:
        """Store the one image of an OCI layout under `ref`; its digest."""
        return layout.push(self.manifests, self.blobs, folder, ref, say)

    def copy(self, ref: ImageRef, to: ImageRef, *, also: Sequence[str] = ()) -> Copied:
        """Copy an image, index or artifact with its referrers; see `Copier.copy`."""
        mine = (self.manifests, self.blobs)
        return Copier(mine, mine).copy(ref, to, also=also)

    def _inner(self, ref: ImageRef) -> Mapping[str, Any]:
        inner = self._configuration(ref).get("config")
        return inner if isinstance(inner, dict) else {}

    def _configuration(self, ref: ImageRef, depth: int = 0) -> Mapping[str, Any]:
        manifest = self.manifests.get(ref)
        if manifest.is_index:
            if depth == DEPTH or not manifest.children:
                raise failed("manifest-odd", f"{ref} is an index without an image")
            return self._configuration(replace(ref, tag="", digest=manifest.children[0]["digest"]), depth + 1)
        config = self.blobs.read(Home(ref.registry, ref.repository), manifest.body["config"]["digest"])
        try:
            parsed = json.loads(config)
        except (ValueError, RecursionError):
            parsed = None
        if not isinstance(parsed, dict):
            raise failed("manifest-odd", f"{ref} has a configuration that cannot be read")
        return parsed
