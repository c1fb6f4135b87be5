"""Compiled templates in the user's cache folder: a cache, so whatever goes wrong with it is no error."""

from __future__ import annotations

import marshal
import sys
from pathlib import Path

from pipelinekit import __version__, render
from pipelinekit.adapters.disk import ours
from pipelinekit.render import escape


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
        if path is not None:
            ours.keep(path, marshal.dumps((self._of, known)))

    def _read(self) -> dict[str, bytes]:
        path = _path()
        content = ours.read(path) if path else b""
        if not content:
            return {}
        of, known = marshal.loads(content)  # noqa: S302 - ours, and whole
        return dict(known) if of == self._of else {}


def _path() -> Path | None:
    """Where the cache is; None without a home."""
    place = ours.cache()
    return place / f"templates-{__version__}.{sys.implementation.cache_tag}" if place else None
