"""Commits whose signatures were good, kept for this user: a commit never changes, and checking takes time.

Only that a commit's signature is one of the key which it names; whose the key is, is asked each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pipelinekit.adapters import ours, regular

LIMIT = 16 * 1024 * 1024
_FILE = "ledger-proofs-1"
_ID = re.compile(rb"[0-9a-f]{40}")


def known() -> frozenset[str]:
    """What was kept; nothing where somebody else could have written it."""
    path = _path()
    if path is None or not ours.is_ours_alone(path.parent):
        return frozenset()
    try:
        handle = regular.descriptor(path, follow=False)
    except OSError:
        return frozenset()
    try:
        is_ours = ours.is_only(os.fstat(handle), {os.getuid()})
        whole = regular.content(handle, path, LIMIT) if is_ours else b""
    except OSError:
        return frozenset()
    finally:
        os.close(handle)
    digest, content = whole[:32], whole[32:]
    if hashlib.sha256(content).digest() != digest:
        return frozenset()
    return frozenset(each.decode() for each in content.split() if _ID.fullmatch(each))


def keep(commits: Iterable[str]) -> None:
    """Keep these as well, if there is a place for that."""
    path = _path()
    if path is None:
        return
    content = "\n".join(sorted({*known(), *commits})).encode()
    if len(content) >= LIMIT:
        return
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


def _path() -> Path | None:
    place = ours.cache()
    return place / _FILE if place else None
