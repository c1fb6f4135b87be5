"""What this user keeps in a cache, and whether anybody else could have put it there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path

from pipelinekit.adapters.disk import regular

LIMIT = 16 * 1024 * 1024
"""Bytes of a file that is read; a sound one of ours has a hundredth of that."""


def cache() -> Path | None:
    """Our folder below `XDG_CACHE_HOME`, else `~/.cache`; None without a home."""
    place = os.environ.get("XDG_CACHE_HOME")
    if not place:
        home = os.environ.get("HOME")
        if not home:
            return None
        place = f"{home}/.cache"
    return Path(place, "pipelinekit")


def read(path: Path) -> bytes:
    """What `keep` wrote there; empty where somebody else could have written it, or it is not whole."""
    if not is_ours_alone(path.parent):
        return b""
    try:
        handle = regular.descriptor(path, follow=False)
    except OSError:
        return b""
    try:
        is_ours = is_only(os.fstat(handle), {os.getuid()})
        whole = regular.content(handle, path, LIMIT) if is_ours else b""
    except OSError:
        return b""
    finally:
        os.close(handle)
    digest, content = whole[:32], whole[32:]
    return content if hashlib.sha256(content).digest() == digest else b""


def keep(path: Path, content: bytes) -> None:
    """Keep it for `read`, if there is a place for that: a cache, so whatever goes wrong is no error."""
    import tempfile

    # Two processes may write at once: each has a file of its own, and the later one stays.
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_ours_alone(path.parent):
            return
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(handle, "wb") as stream:  # noqa: PTH123 - it is open already
                stream.write(hashlib.sha256(content).digest() + content)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink()


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
