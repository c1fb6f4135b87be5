"""An OCI image layout on disk, called as a registry is: names in index.json, everything else a blob."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from pipelinekit.adapters.disk import files, regular
from pipelinekit.adapters.registry.copying import DEPTH
from pipelinekit.adapters.registry.digests import (
    OCI_INDEX,
    OCI_MANIFEST,
    PIECE,
    Manifest,
    canonical,
    digest_bytes,
    digest_stream,
    fault_in,
    is_digest,
    pieces,
)
from pipelinekit.adapters.registry.download import Home
from pipelinekit.errors import ToolFailed, failed, refused
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.bundle.listing import reference

NAME = "org.opencontainers.image.ref.name"
"""The annotation that holds a manifest's name."""
REPOSITORY = "dev.pipelinekit.repository"
"""The annotation that says in which repository something refers to something else."""
VERSION = '{"imageLayoutVersion":"1.0.0"}'
MANIFEST = 4 * 1024 * 1024
"""Bytes of a manifest, and of index.json."""


class LayoutBlobs:
    """The blobs of a layout; repositories share them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where a blob is; raises `ToolFailed` for what is no digest."""
        if not is_digest(digest):
            raise failed("layout-odd", f"{self.folder}: {digest[:80]!r} is no digest")
        kind, _, value = digest.partition(":")
        return self.folder / "blobs" / kind / value

    def has(self, home: Home, digest: str) -> bool:
        """Whether it is there; `damaged` tells whether it is whole."""
        del home
        return self.path(digest).is_file()

    def mount(self, home: Home, digest: str, source: str) -> str:
        """Where it goes: repositories share all blobs, so none of them has what is not there."""
        del home, source
        return str(self.path(digest))

    def fetch(self, home: Home, digest: str, out: IO[bytes], *, size: int | None = None) -> None:
        """Write it to a stream; raises `ToolFailed` when it is damaged or gone."""
        del home, size
        try:
            handle = regular.descriptor(self.path(digest), follow=False)
        except OSError as error:
            raise _damaged(self.folder, digest) from error
        with os.fdopen(handle, "rb") as stream:
            shutil.copyfileobj(stream, out, PIECE)
        out.seek(0)
        if _digest(out, digest) != digest:
            raise _damaged(self.folder, digest)
        out.seek(0, 2)

    def send(self, home: Home, digest: str, stream: IO[bytes], size: int, location: str = "") -> None:
        """Store what a stream holds, verified, in one step."""
        del home, size, location
        to = self.path(digest)
        temporary = to.with_name(f".{to.name}.pipelinekit-tmp")
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            stream.seek(0)
            # In a folder that somebody else has made it could be a link to another file.
            temporary.unlink(missing_ok=True)
            with temporary.open("xb") as out:
                shutil.copyfileobj(stream, out, PIECE)
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(to)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise files.disk_error("bundle-disk", to, error) from error

    def upload(self, home: Home, data: bytes) -> str:
        """Store some bytes unless they are there; their digest."""
        digest = digest_bytes(data)
        if not self.has(home, digest):
            files.write_atomic(self.path(digest), data, durable=True)
        return digest

    def all(self) -> Iterator[str]:
        """The digests of all that is there."""
        for kind in ("sha256", "sha512"):
            folder = self.folder / "blobs" / kind
            for each in sorted(folder.iterdir()) if folder.is_dir() else ():
                if is_digest(f"{kind}:{each.name}"):
                    yield f"{kind}:{each.name}"

    def damaged(self, digest: str) -> bool:
        """Whether a blob's bytes are not those of its digest, or cannot be read."""
        try:
            with os.fdopen(regular.descriptor(self.path(digest), follow=False), "rb") as stream:
                return _digest(stream, digest) != digest
        except OSError:
            return True

    def unfinished(self) -> Iterator[Path]:
        """What a run that was killed has begun to write."""
        yield from (self.folder / "blobs").glob("*/.*.pipelinekit-tmp")


class LayoutManifests:
    """The names of a layout and what they mean. `index` is written by `save`, and after each `put`."""

    def __init__(self, folder: Path, blobs: LayoutBlobs) -> None:
        self.folder, self.blobs = folder, blobs
        self.entries: dict[str, Mapping[str, Any]] = {_key(each): each for each in _index(folder)}
        self._subjects: dict[str, str] = {}

    def head(self, ref: ImageRef) -> str | None:
        """The digest of a name whose content is all there, else None."""
        entry = self.entries.get(reference(ref))
        digest = str(entry["digest"]) if entry else ref.digest
        return digest if digest and not self.lacking(digest) else None

    def find(self, ref: ImageRef) -> Manifest | None:
        """What a name, or else a digest, means; None when there is no such thing."""
        entry = self.entries.get(reference(ref))
        digest = str(entry["digest"]) if entry else ref.digest
        return self._manifest(digest) if digest and self.blobs.path(digest).is_file() else None

    def get(self, ref: ImageRef) -> Manifest:
        """The same; raises `Refused` when there is none."""
        found = self.find(ref)
        if found is None:
            hint = "`pipelinekit platform bundle` makes it anew, with what the platform needs now"
            raise refused("manifest-gone", f"{reference(ref)} is not in {self.folder}", hint=hint)
        return found

    def put(self, ref: ImageRef, manifest: Manifest) -> bool:
        """Store a manifest; `call` gives it a name once all that belongs to it is there."""
        self.blobs.upload(Home(ref.registry, ref.repository), manifest.content)
        return True

    def call(self, ref: ImageRef, digest: str) -> None:
        """Give a manifest that is there a name, in the place of what had it."""
        manifest = self._manifest(digest)
        self.entries[reference(ref)] = _entry(manifest, {NAME: reference(ref)})

    def attach(self, subject: ImageRef, manifest: Manifest) -> None:
        """Store a manifest that refers to the subject's digest."""
        self.put(subject, manifest)
        entry = _entry(manifest, {REPOSITORY: f"{subject.registry}/{subject.repository}"})
        self.entries[_key(entry)] = entry

    def referrers(self, ref: ImageRef) -> tuple[Mapping[str, Any], ...]:
        """Descriptors of what refers to the ref's digest."""
        home = f"{ref.registry}/{ref.repository}"
        found = [each for each in self.entries.values() if each["annotations"].get(REPOSITORY) == home]
        return tuple(each for each in found if self.subject(str(each["digest"])) == ref.digest)

    def referring(self) -> Iterator[tuple[str, str]]:
        """What refers to something else: in which repository, and its digest."""
        for each in self.entries.values():
            if REPOSITORY in each["annotations"]:
                yield str(each["annotations"][REPOSITORY]), str(each["digest"])

    def lacking(self, digest: str, damaged: Container[str] = ()) -> tuple[str, ...]:
        """What of a manifest is not there, itself included; into what is `damaged` nobody looks."""
        gone: dict[str, None] = {}
        for each, manifest in self._within(digest, damaged):
            parts = [str(blob["digest"]) for blob in manifest.blobs] if manifest else [each]
            gone |= dict.fromkeys(part for part in parts if not self.blobs.path(part).is_file())
        return tuple(gone)

    def needed(self, digest: str) -> Iterator[str]:
        """The digests of a manifest and of all that it is made of, as far as it is there."""
        for each, manifest in self._within(digest):
            yield each
            yield from (str(blob["digest"]) for blob in manifest.blobs) if manifest else ()

    def save(self) -> None:
        """Write index.json, unless it says that already."""
        listed = [self.entries[key] for key in sorted(self.entries)]
        text = canonical({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed})
        path = self.folder / "index.json"
        if not path.is_file() or files.read_bytes(path, MANIFEST) != text:
            files.write_atomic(self.folder / "oci-layout", VERSION)
            files.write_atomic(path, text, durable=True)

    def subject(self, digest: str) -> str:
        """The digest that a manifest refers to, or empty."""
        if digest not in self._subjects:
            if not self.blobs.path(digest).is_file():
                return ""
            subject = self._manifest(digest).body.get("subject")
            self._subjects[digest] = str(subject.get("digest", "")) if isinstance(subject, Mapping) else ""
        return self._subjects[digest]

    def _within(self, digest: str, damaged: Container[str] = ()) -> Iterator[tuple[str, Manifest | None]]:
        """A manifest and those below it, each once however often it is pointed at; None: not there."""
        seen, level = {digest}, [digest]
        for _ in range(DEPTH + 1):
            below: list[str] = []
            for each in level:
                if each in damaged:
                    continue
                manifest = self._manifest(each) if self.blobs.path(each).is_file() else None
                yield each, manifest
                children = [str(child["digest"]) for child in manifest.children] if manifest else []
                below += [child for child in dict.fromkeys(children) if child not in seen]
                seen.update(children)
            level = below
        if level:
            raise failed("layout-odd", f"{self.folder}: {digest} is an index inside indexes without end")

    def _manifest(self, digest: str) -> Manifest:
        try:
            content = regular.read(self.blobs.path(digest), MANIFEST)
        except OSError as error:
            raise _damaged(self.folder, digest) from error
        if _digest(io.BytesIO(content), digest) != digest:
            raise _damaged(self.folder, digest)
        try:
            body = json.loads(content)
            # What does not say of itself what it is, a registry said beside it.
            kind = str(body.get("mediaType") or (OCI_INDEX if "manifests" in body else OCI_MANIFEST))
        except (ValueError, AttributeError, RecursionError) as error:
            raise _damaged(self.folder, digest) from error
        made = Manifest(content, kind, digest)
        if fault := fault_in(made):
            raise failed("layout-odd", f"{self.folder}: {digest} {fault}")
        return made


def _index(folder: Path) -> list[Mapping[str, Any]]:
    path = folder / "index.json"
    if not path.exists():
        return []
    try:
        listed = json.loads(regular.read(path, MANIFEST))["manifests"]
        good = all(is_digest(each["digest"]) and isinstance(each["annotations"], dict) for each in listed)
        # Half a pair of surrogates is JSON, and nothing that can be written again.
        canonical({"manifests": listed})
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        good = False
    if not good:
        hint = "another folder, or delete it: `platform bundle --to` makes it anew"
        raise refused("layout-odd", f"{path} is not one that a bundle has", hint=hint)
    return list(listed)


def _entry(manifest: Manifest, notes: Mapping[str, str]) -> Mapping[str, Any]:
    about = {"mediaType": manifest.kind, "digest": manifest.digest, "size": len(manifest.content)}
    return {**about, "annotations": dict(notes)}


def _key(entry: Mapping[str, Any]) -> str:
    notes = entry["annotations"]
    return str(notes.get(NAME) or f"{notes.get(REPOSITORY, '')}\0{entry['digest']}")


def _digest(stream: IO[bytes], like: str) -> str:
    if like.startswith("sha256:"):
        return digest_stream(stream)
    import hashlib

    made = hashlib.sha512()
    for piece in pieces(stream):
        made.update(piece)
    return f"sha512:{made.hexdigest()}"


def _damaged(folder: Path, digest: str) -> ToolFailed:
    hint = "`platform bundle --to` brings it again; `platform bundle --check` finds all that is damaged"
    return failed("bundle-damaged", f"{folder}: {digest} is damaged or gone", hint=hint)
