"""Compiled templates in the user's cache folder: a cache, so whatever goes wrong with it is no error."""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
from pathlib import Path

from pipelinekit import __version__, render
from pipelinekit.adapters import ours, regular
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
            if not ours.is_ours_alone(path.parent):
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
        if path is None or not ours.is_ours_alone(path.parent):
            return {}
        try:
            handle = regular.descriptor(path, follow=False)
        except OSError:
            return {}
        try:
            is_ours = ours.is_only(os.fstat(handle), {os.getuid()})
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


def _path() -> Path | None:
    """Where the cache is; None without a home."""
    place = ours.cache()
    return place / f"templates-{__version__}.{sys.implementation.cache_tag}" if place else None
