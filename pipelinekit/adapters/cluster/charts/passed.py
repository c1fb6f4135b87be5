"""Charts that this Helm's linter has passed, kept for this user: it says the same of the same chart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from pipelinekit.adapters.disk import ours
from pipelinekit.adapters.running import programs

_FILE = "charts-linted-1"
_MOST = 2000
"""How many are kept, the last ones: a platform has hundreds of components, of two charts each."""
_KEEPING = Lock()
"""Of threads none takes away what another one has just kept."""
_MARK = re.compile(rb"[0-9a-f]{64}")


def has(chart: bytes) -> bool:
    """Whether the chart of that digest was passed by the Helm that is there now."""
    return _mark(chart) in _known()


def keep(charts: Iterable[bytes]) -> None:
    """They were, if there is a place to keep that."""
    path, marks = _path(), dict.fromkeys(map(_mark, charts))
    if path:
        with _KEEPING:
            others = [each for each in _known() if each not in marks]
            ours.keep(path, b"\n".join([*others, *marks][-_MOST:]))


def _known() -> list[bytes]:
    path = _path()
    content = ours.read(path) if path else b""
    return [each for each in content.split() if _MARK.fullmatch(each)]


def _mark(chart: bytes) -> bytes:
    """Of a chart and of the program, which is another one when its file is."""
    program = Path(programs.find("helm")).resolve()
    stat = program.stat()
    seen = f"{program} {stat.st_size} {stat.st_ino} {stat.st_mtime_ns} {stat.st_ctime_ns} ".encode()
    return hashlib.sha256(seen + chart).hexdigest().encode()


def _path() -> Path | None:
    place = ours.cache()
    return place / _FILE if place else None
