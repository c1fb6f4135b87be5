"""Helm's archive of a chart, the same bytes for the same content."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipelinekit.adapters.cluster.charts.complaints import require_packed
from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.running import process
from pipelinekit.records import dataclass

DIGEST = re.compile(rb"sha256:[0-9a-f]{64}")
_METADATA = "Chart.yaml"
_SAVED = re.compile(r"^Successfully packaged chart and saved it to: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Packed:
    """An archive: its name, its folder's, what is in it, and the digests that the metadata had before."""

    name: str
    folder: str
    members: Mapping[str, bytes]
    digests: tuple[bytes, ...] = ()


class Packer:
    """Knows what it has packed: of a chart that differs from that by digests alone Helm need not be asked.

    Helm writes metadata in its own way and takes every other file as it is; where it does not, it is asked.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, _Packed] = {}

    def pack(self, chart: Path) -> tuple[str, bytes]:
        """The archive of a chart, and how it is called; raises `ToolFailed` with Helm's reason."""
        files = _files(chart)
        key = _but_for_digests(files)
        known = self._known.get(key)
        made = known and _laid_over(known, files)
        if not made:
            made = _packed(chart)
            self._remember(key, files, made)
        return made.name, _archive(made)

    def pack_together(self, charts: Sequence[Path]) -> None:
        """Have Helm pack many in one process, for `pack`, which tells what is wrong with one.

        Of two that Helm gives one name none is remembered: the one has been written over the other.
        """
        with momentary.folder() as scratch:
            words = ["helm", "package", *map(str, charts), "--destination", scratch]
            done = process.run(words, timeout=120)
            said = [Path(each.strip()) for each in _SAVED.findall(done.out)]
            if done.code or len(said) != len(charts):
                return
            for chart, archive in zip(charts, said, strict=True):
                if said.count(archive) == 1:
                    files = _files(chart)
                    self._remember(_but_for_digests(files), files, _read(archive))

    def _remember(self, key: bytes, files: Mapping[str, bytes], made: _Packed) -> None:
        rest = {name: each for name, each in made.members.items() if name != _METADATA}
        if rest == {name: files.get(name) for name in rest}:
            digests = tuple(DIGEST.findall(files[_METADATA]))
            self._known[key] = replace(made, digests=digests)


def _files(chart: Path) -> dict[str, bytes]:
    found = (each for each in chart.rglob("*") if each.is_file())
    return {each.relative_to(chart).as_posix(): each.read_bytes() for each in found}


def _but_for_digests(files: Mapping[str, bytes]) -> bytes:
    seen = hashlib.sha256()
    for name, content in sorted(files.items()):
        for part in (os.fsencode(name), DIGEST.sub(b"", content)):
            seen.update(len(part).to_bytes(8, "big") + part)
    return seen.digest()


def _laid_over(known: _Packed, files: Mapping[str, bytes]) -> _Packed | None:
    """The same with other digests in it; None where it is not plain which one stands for which."""
    pairs = list(zip(known.digests, DIGEST.findall(files[_METADATA]), strict=True))
    others = dict(pairs)
    if len(set(pairs)) != len(others):
        return None
    metadata = DIGEST.sub(lambda each: others.get(each[0], each[0]), known.members[_METADATA])
    members = {name: metadata if name == _METADATA else files[name] for name in known.members}
    return replace(known, members=members)


def _packed(chart: Path) -> _Packed:
    """What Helm makes of it."""
    with momentary.folder() as scratch:
        require_packed(process.run(["helm", "package", str(chart), "--destination", scratch], timeout=120))
        return _read(next(Path(scratch).glob("*.tgz")))


def _read(archive: Path) -> _Packed:
    folder, members = "", {}
    with tarfile.open(archive) as source:
        for each in source:
            stream = source.extractfile(each) if each.isfile() else None
            if stream:
                folder, _, name = each.name.partition("/")
                members[name] = stream.read()
    return _Packed(archive.name, folder, members)


def _archive(packed: _Packed) -> bytes:
    """Its bytes: entries in order, without times and owners."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as target:
        # Chart.yaml first, as Helm writes it: readers that stream look for it at the front.
        for name in sorted(packed.members, key=lambda each: (each != _METADATA, each)):
            info = tarfile.TarInfo(f"{packed.folder}/{name}")
            info.size, info.mode = len(packed.members[name]), 0o644
            target.addfile(info, io.BytesIO(packed.members[name]))
    return gzip.compress(written.getvalue(), mtime=0)
