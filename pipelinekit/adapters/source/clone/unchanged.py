"""Whether anything that git's facts are made of has been touched since they were asked: the disk says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pipelinekit.adapters.source import dotgit

MOST = 20_000
"""Files that are looked at; in a larger folder git is asked again, which looks at what it knows alone."""
_OURS = (".git", ".pipelinekit")
_OF_GIT = (
    "HEAD",
    "index",
    "config",
    "packed-refs",
    "shallow",
    "info/exclude",
    "info/attributes",
    "info/sparse-checkout",
)

Stamp = tuple[tuple[str, int, int, int], ...]
"""Path, size, inode and change time of each file."""


def stamp(folder: Path) -> Stamp | None:
    """What is equal as long as nothing is touched; None where that cannot be told so.

    The change time counts, which nobody can set back, and of ignored files as well. What verbs leave in
    `.pipelinekit` is no part of a revision.
    """
    place = dotgit.find(folder)
    if place is None or (place.common / "reftable").exists():
        return None
    single = [each / name for each in {place.own, place.common} for name in _OF_GIT]
    above = [each for each in folder.resolve().parents if each.is_relative_to(place.top)]
    single += [each / name for each in above for name in (".gitignore", ".gitattributes")]
    found = [*_stats(str(folder)), *_stats(str(place.common / "refs"))]
    found += [_stat(str(each), each.stat()) for each in single if each.is_file()]
    return tuple(sorted(found)) if len(found) <= MOST else None


def _stats(folder: str) -> Iterator[tuple[str, int, int, int]]:
    todo, seen = [folder], 0
    while todo:
        with os.scandir(todo.pop()) as listed:
            for each in listed:
                seen += 1
                if seen > MOST + 1:
                    return
                if each.is_dir(follow_symlinks=False):
                    todo += [each.path] if each.name not in _OURS else []
                else:
                    yield _stat(each.path, each.stat(follow_symlinks=False))


def _stat(path: str, stat: os.stat_result) -> tuple[str, int, int, int]:
    return path, stat.st_size, stat.st_ino, stat.st_ctime_ns
