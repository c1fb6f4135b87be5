"""Whole folders that somebody else filled, looked through within bounds."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from pathlib import Path

from pipelinekit.adapters import regular
from pipelinekit.adapters.links import astray

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
    left = SCAN_TOTAL
    for folder, inside, names in os.walk(root):
        within = Path(folder).relative_to(root)
        depth = len(within.parts)
        above = f"{within.as_posix()}/" if depth else ""
        inside[:] = sorted(
            each for each in inside if each not in skipped and depth < deepest and each.isprintable()
        )
        for name in sorted(names):
            if not name.isprintable():
                continue
            relative = above + name
            found[relative] = _glance(root, Path(folder, name)) if left > 0 and wanted(relative) else ""
            left -= len(found[relative])
            if len(found) > SCAN_MOST:
                return found
    return found


def _glance(root: Path, path: Path) -> str:
    """The text of a small file; empty for what is none, cannot be read, or is a link that leads astray."""
    if path.is_symlink() and astray(root, path):
        return ""
    try:
        return regular.read(path, SCAN_LIMIT).decode(errors="replace")
    except OSError:
        return ""
