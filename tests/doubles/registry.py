"""Registries of images and charts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelinekit.errors import failed, refused
from pipelinekit.model.release import ImageRef
from pipelinekit.model.stored import Stored


def digest(data: bytes | str) -> str:
    """`sha256:` and the hex digest."""
    return "sha256:" + hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


class Registry:
    """Repositories of manifests by digest, and tags that point at them."""

    def __init__(self) -> None:
        self.tags: dict[tuple[str, str, str], str] = {}
        self.manifests: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.attached: dict[str, dict[str, bytes]] = {}
        """What refers to a digest, by its kind."""
        self.uploads = 0
        self.forgetful = False
        """Whether it takes what it is given and does not have it afterwards."""
        self.silent = False
        """Whether nobody answers."""
        self.allow_once = False
        """Whether a tag that is there stays where it is."""
        self.meddler: Callable[[Registry], None] | None = None
        """Somebody who is quicker: called just before a tag is given."""

    def store(self, ref: ImageRef, manifest: dict[str, Any]) -> str:
        """Put a manifest under a tag, in the place of what was there."""
        self.uploads += 1
        content = {key: each.hex() if isinstance(each, bytes) else each for key, each in manifest.items()}
        made = digest(json.dumps(content, sort_keys=True))
        if not self.forgetful:
            self.manifests[ref.registry, ref.repository, made] = manifest
            self.tags[ref.registry, ref.repository, ref.tag] = made
        return made

    def delete(self, ref: ImageRef) -> None:
        """Take a tag and what it points at away, as somebody who tidies up does."""
        gone = self.tags.pop((ref.registry, ref.repository, ref.tag))
        del self.manifests[ref.registry, ref.repository, gone]

    def digest_of(self, ref: ImageRef) -> str | None:
        if self.silent:
            raise failed("registry-unreachable", f"{ref.registry} does not answer")
        if ref.digest:
            return ref.digest if (ref.registry, ref.repository, ref.digest) in self.manifests else None
        return self.tags.get((ref.registry, ref.repository, ref.tag))

    def labels_of(self, ref: ImageRef) -> Mapping[str, str]:
        labels: Mapping[str, str] = self._manifest(ref).get("labels", {})
        return labels

    def built(self, ref: ImageRef) -> str:
        moment: str = self._manifest(ref).get("built", "2026-01-01T00:00:00Z")
        return moment

    def tag(self, ref: ImageRef, tag: str) -> str:
        found = self.digest_of(ref)
        if found is None:
            raise failed("registry-failed", f"{ref} is unknown")
        if self.meddler:
            self.meddler(self)
        if self.allow_once and (ref.registry, ref.repository, tag) in self.tags:
            raise refused("version-taken", f"{ref} is there already, and the registry replaces nothing")
        self.tags[ref.registry, ref.repository, tag] = found
        return found

    def bring_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> None:
        """Nothing that anybody could see."""

    def digest_to_be(self, archive: Path, chart: Mapping[str, object]) -> str:
        return digest(
            json.dumps({"chart": archive.read_bytes().hex(), "config": dict(chart)}, sort_keys=True)
        )

    def publish_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> str:
        return self.store(ref, {"chart": archive.read_bytes(), "config": dict(chart)})

    def chart_layer(self, ref: ImageRef) -> str:
        if "chart" not in self._manifest(ref):
            raise failed("not-a-chart", f"{ref} is no Helm chart")
        return digest(self._manifest(ref)["chart"])

    def fetch_chart(self, ref: ImageRef, to: Path) -> None:
        self.chart_layer(ref)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(self._manifest(ref)["chart"])

    def images_of(self, ref: ImageRef) -> list[ImageRef]:
        found = self.digest_of(ref) or ""
        children: list[str] = self._manifest(ref).get("children", [found])
        return [ImageRef(ref.registry, ref.repository, digest=each) for each in children]

    def kinds_at(self, ref: ImageRef) -> frozenset[str]:
        return frozenset(self.attached.get(ref.digest, {}))

    def attach(self, ref: ImageRef, kind: str, content: bytes) -> str:
        self.attached.setdefault(ref.digest, {})[kind] = content
        return digest(content)

    def _manifest(self, ref: ImageRef) -> dict[str, Any]:
        found = self.digest_of(ref)
        if found is None:
            raise failed("registry-failed", f"{ref.registry} answered 404: {ref} is unknown")
        return self.manifests[ref.registry, ref.repository, found]


@dataclass
class Store:
    """A registry: manifests by digest, tags that name them, the digests of what refers to them."""

    manifests: dict[str, Stored] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    referrers: dict[str, list[str]] = field(default_factory=dict)

    def all(self) -> list[Stored]:
        found = []
        for digest, each in self.manifests.items():
            tags = tuple(tag for tag, named in self.tags.items() if named == digest)
            if tags:
                found.append(
                    Stored(
                        registry=each.registry,
                        repository=each.repository,
                        digest=digest,
                        tags=tags,
                        made=each.made,
                        parts=each.parts,
                        needs=each.needs,
                    )
                )
        return found

    def tags_of(self, stored: Stored) -> list[str]:
        return [tag for tag, named in self.tags.items() if named == stored.digest]

    def delete(self, stored: Stored) -> list[str] | None:
        there = self.manifests.pop(stored.digest, None) is not None
        self.tags = {tag: named for tag, named in self.tags.items() if named != stored.digest}
        return self.referrers.pop(stored.digest, []) if there else None
