"""Commits whose signatures were good, kept for this user: a commit never changes, and checking takes time.

Only that a commit's signature is one of the key which it names; whose the key is, is asked each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pipelinekit.adapters.disk import ours

_FILE = "ledger-proofs-1"
_ID = re.compile(rb"[0-9a-f]{40}")


def known() -> frozenset[str]:
    """What was kept; nothing where somebody else could have written it."""
    path = _path()
    content = ours.read(path) if path else b""
    return frozenset(each.decode() for each in content.split() if _ID.fullmatch(each))


def keep(commits: Iterable[str]) -> None:
    """Keep these as well, if there is a place for that."""
    path = _path()
    if path is None:
        return
    content = "\n".join(sorted({*known(), *commits})).encode()
    if len(content) < ours.LIMIT - 32:
        ours.keep(path, content)


def _path() -> Path | None:
    place = ours.cache()
    return place / _FILE if place else None
