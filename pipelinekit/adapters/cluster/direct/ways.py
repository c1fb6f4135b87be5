"""The ways to API servers that are open in this process."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelinekit.adapters.cluster.direct.way import Way

_open: dict[tuple[str, str], tuple[object, Way]] = {}
"""By kubeconfig and context: what the files looked like, and the way."""
_users: list[object] = []
_lock = threading.Lock()


@contextlib.contextmanager
def opened() -> Iterator[None]:
    """In the block, questions go over ways that stay open; what is opened is closed with the outermost."""
    user = object()
    _users.append(user)
    try:
        yield
    finally:
        _users.remove(user)
        if not _users:
            with _lock:
                closing = [each for _, each in _open.values()]
                _open.clear()
            for each in closing:
                each.close()


def to(env: Mapping[str, str], context: str) -> Way | None:
    """The way to the API server of a kube context, begun where there is none; None outside of `opened`.

    `env` is what kubectl is started with. Once a kubeconfig file has changed there is another way: Helm and a
    kubectl of its own read it anew as well, and it may name another cluster as the current one.
    """
    if not _users:
        return None
    files = env.get("KUBECONFIG") or os.environ.get("KUBECONFIG", "")
    key, now = (files, context), tuple(map(_stamp, _paths(files)))
    with _lock:
        before, way = _open.get(key, (None, None))
        if way is None or before != now:
            if way:
                way.close()
            way = Way(env, context)
            _open[key] = now, way
        return way


def _paths(files: str) -> list[Path]:
    named = [Path(each) for each in files.split(os.pathsep) if each]
    return named or [Path(os.environ.get("HOME", ""), ".kube", "config")]


def _stamp(path: Path) -> object:
    """What changes with a file's content, or with its replacement; None for what is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
