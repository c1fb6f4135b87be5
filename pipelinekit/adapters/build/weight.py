"""What makes a build context large, for whoever waits while it is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from pipelinekit.counts import counted

SHOWN = 3
"""So many of the largest are named."""
MOST = 0.8
"""The part of a folder's bytes that one entry of it has where that is named instead."""


def told(folder: Path, names: Iterable[str]) -> str:
    """One sentence: how large the context with these paths is, and what in it is largest."""
    sizes, count = _sizes(folder, names)
    whole = sizes.pop("", 0)
    inside: dict[str, list[str]] = {}
    for name in sizes:
        inside.setdefault(name.rpartition("/")[0], []).append(name)
    top = sorted(inside.get("", ()), key=lambda name: (-sizes[name], name))
    shown = (_narrowed(name, sizes, inside) for name in top[:SHOWN])
    largest = ", ".join(f"{name} {amount(sizes[name])}" for name in shown)
    return (
        f"reading the build context: {amount(whole)} in {counted(count, 'file')}, the largest: {largest}; "
        "what no build needs belongs into .dockerignore"
    )


def amount(size: int) -> str:
    """Bytes as people say them: `900 B`, `1.5 GB`; units of a thousand, as disks have them."""
    if size < 1000:
        return f"{size} B"
    number = float(size)
    for unit in ("kB", "MB", "GB"):
        number /= 1000
        if number < 999.95 or unit == "GB":
            break
    return f"{number:.1f} {unit}"


def _sizes(folder: Path, names: Iterable[str]) -> tuple[dict[str, int], int]:
    """Bytes of each file, and of each folder all that is in it, the whole under the empty name; how many."""
    sizes: dict[str, int] = {}
    count = 0
    for name in names:
        try:
            found = os.lstat(folder / name)
        except OSError:
            continue
        if not stat.S_ISREG(found.st_mode):
            continue
        count += 1
        at = name
        while True:
            sizes[at] = sizes.get(at, 0) + found.st_size
            if not at:
                break
            at = at.rpartition("/")[0]
    return sizes, count


def _narrowed(name: str, sizes: dict[str, int], inside: dict[str, list[str]]) -> str:
    """What in a folder makes it large, where that is one thing; else the folder."""
    while name in inside:
        largest = max(inside[name], key=lambda each: sizes[each])
        if sizes[largest] < MOST * sizes[name]:
            break
        name = largest
    return name
