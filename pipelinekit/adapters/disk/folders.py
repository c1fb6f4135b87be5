"""Whole folders that somebody else filled, looked through within bounds."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from pathlib import Path

from pipelinekit.adapters.disk import regular
from pipelinekit.adapters.disk.links import astray

SCAN_LIMIT = 64 * 1024
"""Bytes of a file whose text is read in a scan."""
SCAN_TOTAL = 16 * 1024 * 1024
"""Characters that a scan reads in all."""
SCAN_MOST = 20_000
"""Files that a scan looks at."""


def scan(
    root: Path, *, wanted: Callable[[str], object], skipped: Collection[str], deepest: int
) -> dict[str, str]:
    """Every file below `root` by its path, with its text where `wanted` says so and it is small enough.

    Folders named in `skipped`, and what lies more than `deepest` folders down, are passed over, and so is a
    name with a line end, a control character or bytes that are no text: no message could show it for pasting.
    """
    found: dict[str, str] = {}
    left, top = SCAN_TOTAL, os.fspath(root)
    # The nearest folder last: each is looked through before those beside it.
    waiting = [("", 0)]
    while waiting:
        above, depth = waiting.pop()
        inside: list[tuple[str, int]] = []
        for entry in _entries(f"{top}/{above}"):
            name = entry.name
            if not name.isprintable():
                continue
            if _is_folder(entry):
                if name not in skipped and depth < deepest and not entry.is_symlink():
                    inside.append((f"{above}{name}/", depth + 1))
                continue
            relative = above + name
            found[relative] = _glance(root, entry) if left > 0 and wanted(relative) else ""
            left -= len(found[relative])
            if len(found) > SCAN_MOST:
                return found
        waiting.extend(reversed(inside))
    return found


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder, by name; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _glance(root: Path, entry: os.DirEntry[str]) -> str:
    """The text of a small file; empty for what is none, cannot be read, or is a link that leads astray."""
    if entry.is_symlink() and astray(root, Path(entry.path)):
        return ""
    try:
        return regular.read(entry.path, SCAN_LIMIT).decode(errors="replace")
    except OSError:
        return ""


def holding(root: Path, name: str, *, skipped: Collection[str], deepest: int) -> list[Path]:
    """The folders at and below `root` that have a file of this name, sorted; links are not followed."""
    found = []
    for folder, inside, names in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        inside[:] = sorted(
            each
            for each in inside
            if each not in skipped and not each.startswith(".") and depth < deepest and each.isprintable()
        )
        if name in names:
            found.append(Path(folder))
    return found
