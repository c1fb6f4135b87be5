"""Compiled templates in the user's cache folder: a cache, so whatever goes wrong with it is no error."""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import stat
import sys
from pathlib import Path

from pipelinekit import __version__, render
from pipelinekit.adapters import regular
from pipelinekit.render import escape

LIMIT = 16 * 1024 * 1024
"""Bytes of a cache that is read; a sound one has a hundredth of that."""


class CompiledCode:
    """One file for each version of pipelinekit and of Python, read when the first template is asked for.

    `of` is the digest of what was compiled. The file is code: it counts only when it is ours and nobody
    else can write it.
    """

    def __init__(self, of: str) -> None:
        # Jinja evaluates what is constant when it compiles: our filters and settings are part of that.
        times = (Path(str(each.__file__)).stat().st_mtime_ns for each in (render, escape))
        self._of = f"{of} {' '.join(map(str, times))}".encode()
        self._known: dict[str, bytes] | None = None

    def load(self, name: str) -> bytes | None:
        """What was kept under that name."""
        if self._known is None:
            self._known = self._read()
        return self._known.get(name)

    def keep(self, name: str, code: bytes) -> None:
        """Keep it, if there is a place for that."""
        known = self._known = {**(self._known or {}), name: code}
        path = _path()
        if path is None:
            return
        import tempfile

        content = marshal.dumps((self._of, known))
        # Two processes may write at once: each has a file of its own, and the later one stays.
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_ours_alone(path.parent):
                return
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            try:
                with open(handle, "wb") as stream:  # noqa: PTH123 - it is open already
                    stream.write(hashlib.sha256(content).digest() + content)
                Path(temporary).replace(path)
            except OSError:
                Path(temporary).unlink()

    def _read(self) -> dict[str, bytes]:
        path = _path()
        if path is None or not _is_ours_alone(path.parent):
            return {}
        try:
            handle = regular.descriptor(path, follow=False)
        except OSError:
            return {}
        try:
            is_ours = _is_only(os.fstat(handle), {os.getuid()})
            whole = regular.content(handle, path, LIMIT) if is_ours else b""
        except OSError:
            return {}
        finally:
            os.close(handle)
        digest, content = whole[:32], whole[32:]
        if hashlib.sha256(content).digest() != digest:
            return {}
        of, known = marshal.loads(content)  # noqa: S302 - ours, and whole
        return dict(known) if of == self._of else {}


def _is_ours_alone(folder: Path) -> bool:
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
            and all(_is_only(each.lstat(), mine) for each in (folder, real))
            and all(_is_only(each.lstat(), trusted, sticky=True) for each in real.parents)
        )
    return False


def _is_only(found: os.stat_result, owners: set[int], *, sticky: bool = False) -> bool:
    """Whether one of the owners has it and nobody else may write to it; `sticky`: or move what is in it."""
    closed = not found.st_mode & 0o022 or (sticky and found.st_mode & stat.S_ISVTX)
    return found.st_uid in owners and bool(closed)


def _path() -> Path | None:
    """Where the cache is: below `XDG_CACHE_HOME`, else `~/.cache`; None without a home."""
    cache = os.environ.get("XDG_CACHE_HOME")
    if not cache:
        home = os.environ.get("HOME")
        if not home:
            return None
        cache = f"{home}/.cache"
    return Path(cache, "pipelinekit", f"templates-{__version__}.{sys.implementation.cache_tag}")
