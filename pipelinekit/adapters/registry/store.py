"""What the registries of a platform hold: every tagged manifest of its applications, and what it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelinekit.adapters.registry.digests import Manifest
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import ImageRef
from pipelinekit.model.stored import Stored
from pipelinekit.plan.moment import seconds_of

FALLBACK = re.compile(r"sha256-([0-9a-f]{64})\Z")
IMAGE_ANNOTATION = "pipelinekit.dev/image"
"""In a chart: the image that it was packaged around."""
MADE_ANNOTATION = "pipelinekit.dev/created"
"""In a chart: when its revision was committed."""


class RegistryStore:
    """The repositories below some paths of some registries."""

    def __init__(self, registry: OciRegistry, places: Iterable[tuple[str, re.Pattern[str]]]) -> None:
        self.registry = registry
        self.places = list(dict.fromkeys(places))

    def repositories(self) -> Iterator[tuple[str, str]]:
        """Host and path of each repository that is an application's."""
        for host in dict.fromkeys(host for host, _ in self.places):
            patterns = [pattern for each, pattern in self.places if each == host]
            for repository in self.registry.manifests.catalog(host):
                if any(pattern.fullmatch(repository) for pattern in patterns):
                    yield host, repository

    def all(self) -> Sequence[Stored]:
        """Every manifest that has a tag, and what it needs."""
        return [each for host, repository in self.repositories() for each in self._in(host, repository)]

    def tags_of(self, stored: Stored) -> Sequence[str]:
        """The tags that name a manifest now."""
        tags = self.registry.manifests.tags(stored.registry, stored.repository)
        base = ImageRef(stored.registry, stored.repository)
        return [
            tag
            for tag in tags
            if not FALLBACK.match(tag) and self.registry.digest_of(replace(base, tag=tag)) == stored.digest
        ]

    def delete(self, stored: Stored) -> Sequence[str] | None:
        """Delete a manifest and what refers to it; the digests of the latter. None: it was not there."""
        ref = ImageRef(stored.registry, stored.repository, digest=stored.digest)
        referrers = [str(each["digest"]) for each in self.registry.manifests.referrers(ref)]
        along = [each for each in referrers if self.registry.manifests.delete(replace(ref, digest=each))]
        listed = self.registry.digest_of(replace(ref, tag=stored.digest.replace(":", "-"), digest=""))
        if listed:
            self.registry.manifests.delete(replace(ref, digest=listed))
        return along if self.registry.manifests.delete(ref) else None

    def _in(self, host: str, repository: str) -> list[Stored]:
        base = ImageRef(host, repository)
        names: dict[str, list[str]] = {}
        for tag in self.registry.manifests.tags(host, repository):
            # The list of what refers to a digest goes with that digest, and is no thing of its own.
            if FALLBACK.match(tag):
                continue
            digest = self.registry.digest_of(replace(base, tag=tag))
            if digest:
                names.setdefault(digest, []).append(tag)
        return [self._stored(replace(base, digest=digest), tags) for digest, tags in names.items()]

    def _stored(self, ref: ImageRef, tags: list[str]) -> Stored:
        manifest = self.registry.manifests.get(ref)
        return Stored(
            registry=ref.registry,
            repository=ref.repository,
            digest=ref.digest,
            tags=tuple(tags),
            made=self._made(ref, manifest),
            parts=tuple(str(each["digest"]) for each in manifest.children),
            needs=_needs(manifest),
        )

    def _made(self, ref: ImageRef, manifest: Manifest) -> int:
        annotations: Mapping[str, Any] = manifest.body.get("annotations") or {}
        for name in (MADE_ANNOTATION, "org.opencontainers.image.created"):
            if name in annotations:
                return seconds_of(str(annotations[name])) or 0
        try:
            return seconds_of(self.registry.built(ref)) or 0
        except (ToolFailed, ValueError, KeyError):
            # An artifact that is no image: nobody knows, so it stays.
            return 0


def _needs(manifest: Manifest) -> tuple[str, ...]:
    annotations: Mapping[str, Any] = manifest.body.get("annotations") or {}
    _, at, digest = str(annotations.get(IMAGE_ANNOTATION, "")).partition("@")
    return (digest,) if at else ()


def place_of(template: str) -> re.Pattern[str]:
    """The repositories that a template over `{team}` and `{name}` can give."""
    parts = re.split(r"\{(?:team|name)\}", template)
    return re.compile("[^/]+".join(map(re.escape, parts)))
