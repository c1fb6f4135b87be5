"""A chart's folder as it is at one moment: copied, so that what was looked at is what is installed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shlex import quote

from pipelinekit.adapters.disk import files, regular
from pipelinekit.adapters.disk.links import astray, below, links
from pipelinekit.adapters.folder.astray import hint as nearby
from pipelinekit.errors import DocumentInvalid, Place, refused
from pipelinekit.reading.app import FILE

MOST = 64 * 1024 * 1024
"""Bytes of a chart."""


def copied(chart: Path, root: Path, to: Path) -> str:
    """Copy a chart into the folder `to`; the digest of names and contents.

    Links are followed inside the application's folder `root`; one that leads out of it is refused.
    """
    return digest_of(chart, root, lambda path, content: files.write_atomic(to / path, content))


def digest_of(chart: Path, root: Path, each: Callable[[str, bytes], object] = lambda *_: None) -> str:
    """The digest of a chart as it is; `each` gets the path and the content of every file. As `copied`."""
    _require_inside(root, chart)
    if not files.is_there(chart / "Chart.yaml"):
        hint = "`draft create` makes one; `chart` in draft.toml names it"
        raise refused("chart-missing", f"there is no {chart}/Chart.yaml", hint=hint)
    digest = hashlib.sha256()
    left = MOST
    for path in below(chart):
        relative = path.relative_to(chart).as_posix()
        if links(chart, [relative]):
            _require_inside(root, path)
        if not path.is_file():
            continue
        content = files.read_bytes(path, regular.CONTENT)
        left -= len(content)
        if left < 0:
            raise refused("chart-too-large", f"{chart} holds more than {MOST >> 20} MiB")
        digest.update(os.fsencode(f"{relative}\0{len(content)}\0") + content)
        each(relative, content)
    return f"sha256:{digest.hexdigest()}"


def find(root: Path, named: str) -> Path:
    """The chart that is named, else the first folder in `charts/`, as Draft takes it."""
    folder = root / "charts"
    if named:
        return folder / named
    _require_inside(root, folder)
    inside = sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    if not inside:
        near = "" if files.is_there(root / FILE) else nearby(root, FILE, lambda at: f"`draft up {quote(at)}`")
        problem = f"there is no chart in {folder}"
        if near:
            raise refused("chart-missing", problem, hint=f"{near}; `draft up --all` brings up all of several")
        hint = "`draft create` makes one; where the folder has several applications, `draft up --all`"
        raise refused("chart-missing", problem, hint=hint)
    return inside[0]


def _require_inside(root: Path, path: Path) -> None:
    if astray(root, path):
        raise refused("link-out", f"{path} leads out of {root}", hint="copy it in its place")


def text(copied: Path, name: str, chart: Path) -> str:
    """A text of a chart that was copied, empty where it has none; raises `DocumentInvalid` for what is no
    UTF-8, by the place that it has in `chart`."""
    path = copied / name
    if not path.is_file():
        return ""
    try:
        return files.read_text(path)
    except DocumentInvalid as error:
        place = Place(str(chart / name))
        raise DocumentInvalid(*(replace(each, place=place) for each in error.faults)) from error


def texts(chart: Path) -> Iterator[str]:
    """The texts of a chart that was copied: its values and templates."""
    for each in sorted(chart.rglob("*")):
        if each.suffix in {".yaml", ".yml", ".tpl"} and each.is_file():
            yield each.read_text(errors="replace")
