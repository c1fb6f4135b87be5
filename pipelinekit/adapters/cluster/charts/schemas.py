"""Schemas of charts that lead to a server: told before Helm, which would ask it, is begun."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pipelinekit.adapters.cluster.charts.contents import MOST
from pipelinekit.adapters.disk import archives
from pipelinekit.errors import DocumentInvalid, Place
from pipelinekit.reading.chart.references import remote, told

_NAME = "values.schema.json"
_INSIDE = r"(?:charts/[^/]+/)*"
_SCHEMA = re.compile(rf"{_INSIDE}{re.escape(_NAME)}")
_CHART = re.compile(rf"{_INSIDE}charts/[^/]+\.t(?:ar\.)?gz")
_DEEPEST = 5
"""Archives inside each other."""


class Schemas:
    """Knows what it has looked at: an archive that has not changed since is not opened again."""

    def __init__(self) -> None:
        self._good: set[tuple[str, int, int]] = set()

    def require_local(self, chart: Path) -> None:
        """Raise `DocumentInvalid` for each reference to http or https in the schemas of a chart.

        The chart is a folder, or an archive; those in it count as well, and what cannot be unpacked is for
        Helm to tell.
        """
        known = None if chart.is_dir() else _state(chart)
        if known in self._good:
            return
        faults = [
            told(Place(name), path, address)
            for name, text in _schemas(chart)
            for path, address in remote(text)
        ]
        if faults:
            raise DocumentInvalid(*faults)
        if known:
            self._good.add(known)


def _state(archive: Path) -> tuple[str, int, int] | None:
    try:
        found = archive.stat()
    except OSError:
        return None
    return str(archive), found.st_mtime_ns, found.st_size


def _schemas(chart: Path) -> Iterator[tuple[str, str]]:
    """The schemas of a chart and of those in it, each with its place."""
    if not chart.is_dir():
        try:
            with chart.open("rb") as stream:
                yield from _packed(stream, chart.name, 0)
        except OSError:
            return
        return
    for each in sorted(chart.rglob("*")):
        name = each.relative_to(chart).as_posix()
        if not each.is_file():
            continue
        if _SCHEMA.fullmatch(name):
            yield name, each.read_text(errors="replace")
        elif _CHART.fullmatch(name):
            with each.open("rb") as stream:
                yield from _packed(stream, name, 0)


def _packed(stream: IO[bytes], place: str, depth: int) -> Iterator[tuple[str, str]]:
    try:
        with tarfile.open(fileobj=stream) as source:
            for member in source:
                if source.offset > MOST or member.size > MOST:
                    return
                name = member.name.partition("/")[2]
                wanted = _SCHEMA.fullmatch(name) or (_CHART.fullmatch(name) and depth < _DEEPEST)
                inner = source.extractfile(member) if wanted and member.isfile() else None
                if inner and name.endswith(_NAME):
                    yield f"{place}/{name}", inner.read().decode(errors="replace")
                elif inner:
                    yield from _packed(io.BytesIO(inner.read()), f"{place}/{name}", depth + 1)
    except archives.UNREADABLE:
        return
