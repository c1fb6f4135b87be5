"""Copies between registries: byte for byte, every platform, with what refers to them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import IO, Any, Protocol

from pipelinekit.adapters.registry.digests import Manifest
from pipelinekit.adapters.registry.download import Home
from pipelinekit.errors import failed, refused
from pipelinekit.model.release import ImageRef
from pipelinekit.records import dataclass

DEPTH = 4
"""Indexes inside an index."""
REFERRERS = 1000
"""What refers to one image, and to that, and so on."""
SPOOL = 32 * 1024 * 1024
"""Bytes of a blob that stay in memory on their way; more goes over the disk."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy came to: the digest on both sides, and how its blobs got there."""

    digest: str
    manifests: int = 0
    moved: int = 0
    mounted: int = 0
    there: int = 0
    referrers: int = 0

    def plus(self, other: Copied) -> Copied:
        """Both together; the digest is the first one's."""
        return Copied(
            self.digest,
            self.manifests + other.manifests,
            self.moved + other.moved,
            self.mounted + other.mounted,
            self.there + other.there,
            self.referrers + other.referrers,
        )

    @property
    def acted(self) -> bool:
        """Whether anything was stored."""
        return bool(self.manifests or self.moved or self.mounted or self.referrers)


class Names(Protocol):
    """What manifests are read from and stored in: `Manifests`, or a folder that is called like them."""

    def head(self, ref: ImageRef) -> str | None:
        """The digest of what is there whole, or None."""
        ...

    def get(self, ref: ImageRef) -> Manifest:
        """The manifest."""
        ...

    def put(self, ref: ImageRef, manifest: Manifest) -> bool:
        """Store one."""
        ...

    def referrers(self, ref: ImageRef) -> tuple[Mapping[str, Any], ...]:
        """Descriptors of what refers to the ref's digest."""
        ...

    def attach(self, subject: ImageRef, manifest: Manifest) -> None:
        """Store one that refers to the subject's digest."""
        ...


class Contents(Protocol):
    """What blobs are read from and stored in: `Blobs`, or a folder that is called like them."""

    def has(self, home: Home, digest: str) -> bool:
        """Whether it is there."""
        ...

    def mount(self, home: Home, digest: str, source: str) -> str:
        """Empty when it has been taken over from another repository; else where to upload it."""
        ...

    def fetch(self, home: Home, digest: str, out: IO[bytes], *, size: int | None = None) -> None:
        """Write it to a stream, verified."""
        ...

    def send(self, home: Home, digest: str, stream: IO[bytes], size: int, location: str = "") -> None:
        """Store what a stream holds."""
        ...


class Copier:
    """Copies from the registries of `source` to those of `target`; the two may be the same."""

    def __init__(self, source: tuple[Names, Contents], target: tuple[Names, Contents]) -> None:
        self.source, self.source_blobs = source
        self.target, self.target_blobs = target

    def copy(self, ref: ImageRef, to: ImageRef, *, also: Sequence[str] = ()) -> Copied:
        """Copy the ref's manifest (of an index all of them) and its referrers to `to`.

        `also` are repositories of the target's registry whose blobs may be mounted. Raises `Refused` when
        `to` names another manifest already.
        """
        manifest = self.source.get(ref)
        there = self.target.head(to)
        if there not in {None, manifest.digest}:
            raise refused(
                "version-taken",
                f"{to} is there with another content ({there})",
                hint=f"the one to copy is {manifest.digest}; a published version is never replaced",
            )
        done = Copied(manifest.digest)
        if there is None:
            done = self._store(manifest, ref, to, self._mounts(ref, to, also))
        return done.plus(self._referrers(manifest, ref, to, self._mounts(ref, to, also)))

    def _mounts(self, ref: ImageRef, to: ImageRef, also: Sequence[str]) -> tuple[str, ...]:
        own = [ref.repository] if ref.registry == to.registry else []
        return tuple(each for each in dict.fromkeys([*own, *also]) if each != to.repository)

    def _store(
        self, manifest: Manifest, ref: ImageRef, to: ImageRef, mounts: tuple[str, ...], depth: int = 0
    ) -> Copied:
        if depth > DEPTH:
            raise failed("manifest-odd", f"{ref} has indexes inside indexes without end")
        # What a manifest points at goes first: a registry takes no manifest whose parts it lacks.
        done = Copied(manifest.digest)
        for child in dict.fromkeys(str(each["digest"]) for each in manifest.children):
            here = _by(to, child)
            if self.target.head(here) is None:
                inner = self.source.get(_by(ref, child))
                done = done.plus(self._store(inner, ref, here, mounts, depth + 1))
        for blob in {each["digest"]: each for each in manifest.blobs}.values():
            how = self._blob(blob, ref, to, mounts)
            done = done.plus(Copied("", **{how: 1}))
        self.target.put(to if to.tag else replace(to, digest=manifest.digest), manifest)
        return done.plus(Copied("", manifests=1))

    def _blob(self, blob: Mapping[str, Any], ref: ImageRef, to: ImageRef, mounts: tuple[str, ...]) -> str:
        home, digest = Home(to.registry, to.repository), str(blob["digest"])
        if self.target_blobs.has(home, digest):
            return "there"
        location = ""
        for each in mounts:
            location = self.target_blobs.mount(home, digest, each)
            if not location:
                return "mounted"
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as spool:
            self.source_blobs.fetch(Home(ref.registry, ref.repository), digest, spool, size=blob.get("size"))
            size = spool.seek(0, 2)
            self.target_blobs.send(home, digest, spool, size, location)
        return "moved"

    def _referrers(self, manifest: Manifest, ref: ImageRef, to: ImageRef, mounts: tuple[str, ...]) -> Copied:
        """Referrers of the manifest, of an index' manifests, and of the referrers themselves."""
        done = Copied(manifest.digest)
        waiting = list(dict.fromkeys((manifest.digest, *(str(each["digest"]) for each in manifest.children))))
        seen = set(waiting)
        while waiting:
            subject = waiting.pop()
            there = {str(each["digest"]) for each in self.target.referrers(_by(to, subject))}
            for each in self.source.referrers(_by(ref, subject)):
                digest = str(each["digest"])
                if digest in seen:
                    continue
                seen.add(digest)
                if len(seen) > REFERRERS:
                    raise failed("manifest-odd", f"more than {REFERRERS} things refer to {ref}")
                waiting.append(digest)
                if digest not in there:
                    done = done.plus(self._referrer(digest, subject, ref, to, mounts))
        return done

    def _referrer(
        self, digest: str, subject: str, ref: ImageRef, to: ImageRef, mounts: tuple[str, ...]
    ) -> Copied:
        manifest = self.source.get(_by(ref, digest))
        done = Copied(digest)
        for blob in manifest.blobs:
            done = done.plus(Copied("", **{self._blob(blob, ref, to, mounts): 1}))
        self.target.attach(_by(to, subject), manifest)
        return done.plus(Copied("", referrers=1))


def _by(ref: ImageRef, digest: str) -> ImageRef:
    return replace(ref, tag="", digest=digest)
