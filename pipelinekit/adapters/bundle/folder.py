"""A bundle's folder: filled from registries, held against itself, and delivered to a registry at a site."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from pipelinekit.adapters.bundle.layout import LayoutBlobs, LayoutManifests
from pipelinekit.adapters.disk import files, regular
from pipelinekit.adapters.disk.links import links, require_unlinked
from pipelinekit.adapters.registry import charts
from pipelinekit.adapters.registry.copying import Copier
from pipelinekit.adapters.registry.digests import OCI_INDEX, Manifest, canonical, digest_bytes
from pipelinekit.adapters.registry.download import Home
from pipelinekit.adapters.registry.manifests import Manifests
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import Fault, ToolFailed, failed, refused
from pipelinekit.model.release import ImageRef
from pipelinekit.model.rollout.bundle import CHARTS, INDEX, Chart, Entry, Image, Stored
from pipelinekit.plan.bundle import architectures as wanted
from pipelinekit.plan.bundle.listing import digest_of, parsed, reference

LOCK = ".lock"
LIST = 16 * 1024 * 1024
"""Bytes of the bundle's list, and of each file beside the blobs."""
_MADE_HERE = frozenset(("crds", "library", "jenkins"))
"""The folders of our files: what is in them and no longer belongs there goes."""


class BundleFolder:
    """One folder, and the registries that it is filled from or delivered to."""

    def __init__(self, folder: Path, registry: OciRegistry) -> None:
        self.folder, self.registry = folder, registry
        self.blobs = LayoutBlobs(folder)
        self._named: set[str] = set()

    @cached_property
    def manifests(self) -> LayoutManifests:
        """Read at first use: whoever fills the folder has it alone by then."""
        return LayoutManifests(self.folder, self.blobs)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else fills the folder meanwhile; raises `Refused` when somebody does.

        Neither may a link be where files are made and taken away: they would be those of another folder.
        """
        with self.told():
            there = list(self.folder.iterdir()) if self.folder.is_dir() else []
            # What a file manager copied may lack the lock: hidden files stay behind.
            if there and not any((self.folder / each).exists() for each in (LOCK, INDEX)):
                hint = "name a new folder, or an empty one"
                raise refused("bundle-folder", f"{self.folder} holds something else", hint=hint)
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
            try:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    problem = f"somebody else fills {self.folder}"
                    raise refused("bundle-busy", problem, hint="wait for it") from error
                for each in ("blobs/sha256", "blobs/sha512", "library/vars", *_MADE_HERE):
                    require_unlinked(self.folder, each)
                yield
            finally:
                os.close(handle)

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """What the disk refuses meanwhile is a `ToolFailed` that names the file."""
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise files.disk_error("bundle-disk", Path(error.filename or self.folder), error) from error

    def repair(self) -> Sequence[str]:
        """Take away blobs that are damaged, so that they are brought again; their digests."""
        for path in self.blobs.unfinished():
            path.unlink()
        bad = [each for each in self.blobs.all() if self.blobs.damaged(each)]
        for each in bad:
            self.blobs.path(each).unlink(missing_ok=True)
        return bad

    def image(self, image: Image, architectures: Sequence[str]) -> Stored:
        """Bring an image unless it is there whole; without `architectures` all that it has.

        Of one that is named by its digest nothing can be left out. Raises `Refused` when it lacks one.
        """
        source = _Narrowed(self.registry.manifests, () if image.name.digest else architectures)
        manifest = source.get(image.source)
        have = self._architectures(image.source, manifest)
        lacks = wanted.missing(have, architectures)
        if lacks:
            problem = f"{reference(image.name)} has no {', '.join(lacks)}"
            hint = f"it has {', '.join(have) or 'none that it tells'}"
            raise refused("architecture-missing", problem, hint=hint)
        before = self.manifests.entries.get(reference(image.name))
        new = not before or before["digest"] != manifest.digest
        if new:
            # Upstream has moved a tag, or it is the first time.
            self.manifests.entries.pop(reference(image.name), None)
        pair = (source, self.registry.blobs)
        done = Copier(pair, (self.manifests, self.blobs)).copy(image.source, image.name)
        self._call(image.name, manifest.digest)
        name = reference(image.name)
        return Stored(reference=name, digest=manifest.digest, architectures=have, moved=done.moved, new=new)

    def chart(self, chart: Chart) -> Stored:
        """Bring a chart's archive unless it is there."""
        name = ImageRef(CHARTS, f"platform/{chart.name}", chart.version)
        before = self.manifests.entries.get(reference(name))
        # As it is published in a registry, so that a site's has the digest that a rollout would publish.
        parts = canonical(chart.about), files.read_bytes(Path(chart.archive))
        manifest = charts.manifest_of(*parts, chart.about)
        for content in (*parts, manifest.content):
            self.blobs.upload(Home(name.registry, name.repository), content)
        self._call(name, manifest.digest)
        new = not before or before["digest"] != manifest.digest
        return Stored(reference=reference(name), digest=manifest.digest, new=new)

    def finish(self, texts: Mapping[str, str], listing: str) -> int:
        """Write the files and the list; what no longer belongs to the bundle goes. How many were written."""
        written = 0
        for name, text in {**texts, INDEX: listing}.items():
            path = self.folder / name
            if not path.is_file() or files.read_bytes(path, LIST) != text.encode():
                files.write_atomic(path, text, durable=True)
                written += 1
        self._tidy(frozenset(texts))
        return written

    def listing(self) -> str:
        """The text of the list; raises `Refused` where there is none."""
        path = self.folder / INDEX
        if not path.is_file():
            hint = "`platform bundle --to DIR` makes one; one that was killed goes on when it is run again"
            if not self.folder.is_dir():
                raise refused("bundle-missing", f"there is no folder {self.folder}", hint=hint)
            raise refused("bundle-missing", f"{self.folder} holds no bundle that is whole", hint=hint)
        return files.read_bytes(path, LIST).decode(errors="replace")

    def faults(self, entries: Sequence[Entry], texts: Mapping[str, str]) -> Sequence[Fault]:
        """All that is damaged, gone, or other than the list says."""
        damaged = {each for each in self.blobs.all() if self.blobs.damaged(each)}
        found = [_fault(f"blob {each} is damaged") for each in sorted(damaged)]
        for each in entries:
            ref = parsed(each)
            entry = self.manifests.entries.get(reference(ref))
            if entry is None or entry["digest"] != each.digest:
                found.append(_fault(f"{each.reference}: index.json does not have {each.digest}"))
            else:
                found += self._gone(each.reference, each.digest, damaged)
        for home, digest in self.manifests.referring():
            found += self._gone(f"what refers to an image of {home}", digest, damaged)
        for name, digest in texts.items():
            if digest_of(self._text(name)) != digest:
                found.append(_fault(f"{name} is not what the list says"))
        return found

    def deliver(self, entry: Entry, to: ImageRef) -> bool:
        """Copy what an entry names to a registry, with what refers to it; whether anything was stored."""
        copier = Copier((self.manifests, self.blobs), (self.registry.manifests, self.registry.blobs))
        return copier.copy(parsed(entry), to).acted

    # --- inside -----------------------------------------------------------------------------------

    def _call(self, name: ImageRef, digest: str) -> None:
        self.manifests.call(name, digest)
        self._named.add(reference(name))
        self.manifests.save()

    def _architectures(self, ref: ImageRef, manifest: Manifest) -> tuple[str, ...]:
        if manifest.is_index:
            told = (wanted.of(each.get("platform")) for each in manifest.children)
            return tuple(dict.fromkeys(each for each in told if each))
        config = self.registry.blobs.read(
            Home(ref.registry, ref.repository), manifest.body["config"]["digest"]
        )
        try:
            one = wanted.of(json.loads(config))
        except (ValueError, RecursionError):
            one = ""
        return (one,) if one else ()

    def _gone(self, whose: str, digest: str, damaged: Container[str]) -> Sequence[Fault]:
        try:
            return [
                _fault(f"{whose}: blob {each} is gone") for each in self.manifests.lacking(digest, damaged)
            ]
        except ToolFailed as error:
            return error.faults

    def _text(self, name: str) -> bytes:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not 0 < len(name) <= files.LONGEST:
            return b""
        if links(self.folder, [name]):
            return b""
        try:
            return regular.read(self.folder / path, LIST, follow=False)
        except OSError:
            return b""

    def _tidy(self, texts: frozenset[str]) -> None:
        """Take away what an earlier run brought and this one does not want."""
        digests = {
            str(each["digest"]) for name, each in self.manifests.entries.items() if name in self._named
        }
        needed = {part for each in digests for part in self.manifests.needed(each)}
        kept = {name for name in self.manifests.entries if name in self._named}
        size = -1
        # What refers to a signature comes before it as well as after it.
        while size != len(kept):
            size = len(kept)
            for name, each in self.manifests.entries.items():
                if name not in kept and self.manifests.subject(str(each["digest"])) in needed:
                    kept.add(name)
                    needed |= set(self.manifests.needed(str(each["digest"])))
        self.manifests.entries = {name: each for name, each in self.manifests.entries.items() if name in kept}
        self.manifests.save()
        for digest in list(self.blobs.all()):
            if digest not in needed:
                self.blobs.path(digest).unlink(missing_ok=True)
        for top in _MADE_HERE:
            for path in sorted((self.folder / top).rglob("*")):
                if path.is_file() and path.relative_to(self.folder).as_posix() not in texts:
                    path.unlink()


@dataclass
class _Narrowed:
    """The manifests of registries, each asked for once; an index is that of some architectures alone."""

    whole: Manifests
    asked: Sequence[str]
    known: dict[ImageRef, Manifest] = field(default_factory=dict)

    def get(self, ref: ImageRef) -> Manifest:
        if ref not in self.known:
            self.known[ref] = self._get(ref)
        return self.known[ref]

    def _get(self, ref: ImageRef) -> Manifest:
        manifest = self.whole.get(ref)
        if not self.asked or not manifest.is_index or ref.digest:
            return manifest
        entries = wanted.chosen(manifest.children, self.asked)
        if len(entries) == 1:
            return self.whole.get(replace(ref, tag="", digest=str(entries[0]["digest"])))
        if not entries:
            raise refused("architecture-missing", f"{ref} has no {', '.join(self.asked)}")
        content = canonical({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(entries)})
        return Manifest(content, OCI_INDEX, digest_bytes(content))

    def head(self, ref: ImageRef) -> str | None:
        return self.whole.head(ref)

    def put(self, ref: ImageRef, manifest: Manifest) -> bool:
        raise failed("bundle-source", f"{ref} is only read from ({manifest.digest})")

    def referrers(self, ref: ImageRef) -> tuple[Mapping[str, Any], ...]:
        return self.whole.referrers(ref)

    def attach(self, subject: ImageRef, manifest: Manifest) -> None:
        raise failed("bundle-source", f"{subject} is only read from ({manifest.digest})")


def _fault(problem: str) -> Fault:
    hint = "`platform bundle --to` brings it again; a copy of the folder: copy it once more"
    return Fault("bundle-damaged", problem, hint=hint)
