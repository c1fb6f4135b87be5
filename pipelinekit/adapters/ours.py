"""What this user keeps in a cache, and whether anybody else could have put it there."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def cache() -> Path | None:
    """Our folder below `XDG_CACHE_HOME`, else `~/.cache`; None without a home."""
    place = os.environ.get("XDG_CACHE_HOME")
    if not place:
        home = os.environ.get("HOME")
        if not home:
            return None
        place = f"{home}/.cache"
    return Path(place, "pipelinekit")


def is_ours_alone(folder: Path) -> bool:
    """Whether nobody else can put anything into `folder`, nor another folder in its place.

    From our home (or the cache folder that the environment names) down, no link counts; above it the
    administrator's count as they lead.
    """
    base = folder.parent
    with contextlib.suppress(OSError, RuntimeError):
        real = base.resolve(strict=True)
        is_straight = real == base.parent.resolve() / base.name and not folder.is_symlink()
        mine, trusted = {os.getuid()}, {os.getuid(), 0}
        return (
            is_straight
            and all(is_only(each.lstat(), mine) for each in (folder, real))
            and all(is_only(each.lstat(), trusted, sticky=True) for each in real.parents)
        )
    return False


def is_only(found: os.stat_result, owners: set[int], *, sticky: bool = False) -> bool:
    """Whether one of the owners has it and nobody else may write to it; `sticky`: or move what is in it."""
    closed = not found.st_mode & 0o022 or (sticky and found.st_mode & stat.S_ISVTX)
    return found.st_uid in owners and bool(closed)
