"""Folders for a moment: gone after the block, and also when a signal ends us in the middle of it.

What a process that was killed has left is known by its lock, which the system gives back however a process
ends. Of those a later run that takes its time removes what is a day old: no two runs are at it by then.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGHUP)
"""What ends a process without a word of Python; Ctrl-C is an exception, and takes the usual way out."""
_SUFFIX = ".moment"
_OURS = re.compile(rf"pipelinekit-[a-z0-9_]{{8}}{re.escape(_SUFFIX)}")
"""How folders of a moment are called, and no folder that somebody makes: `pipelinekit-platform` is theirs."""
_OLD = 24 * 3600.0
_MOST = 20
"""As many are removed by one run, which has something else to do."""
LATER = 2.0
"""Seconds after the first folder until that is done, beside what a run waits for by then. Git's facts come
first, and modules are loaded beside them: each folder that is looked at would wait for those."""
_due: dict[Path, Timer] = {}
"""When it is, by the folder that is swept."""
_open: set[tuple[int, str]] = set()
"""Of which process, and where: one that was forked removes nothing of its parent's."""


@contextlib.contextmanager
def folder() -> Iterator[str]:
    """A new folder that only we can read, in the machine's temporary one."""
    with tempfile.TemporaryDirectory(prefix="pipelinekit-", suffix=_SUFFIX) as made, held(made):
        lock = locked(made)
        try:
            yield made
        finally:
            if lock is not None:
                os.close(lock)
    _sweep_later(Path(made).parent)


def locked(path: str | os.PathLike[str]) -> int | None:
    """An open file that holds the lock of a folder; None when somebody else has it, or it is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


@contextlib.contextmanager
def held(path: str) -> Iterator[None]:
    """While this lasts, a signal that ends us removes the folder."""
    heed()
    entry = (os.getpid(), path)
    _open.add(entry)
    try:
        yield
    finally:
        _open.discard(entry)


def heed() -> None:
    """Hear of those signals, once; a thread cannot, nor is one heard that somebody has other plans for."""
    with contextlib.suppress(ValueError):
        for each in _ENDING:
            if signal.getsignal(each) is signal.SIG_DFL:
                signal.signal(each, _end)


def _end(number: int, _: FrameType | None) -> None:
    """Remove what is open, and end as the signal would have ended us."""
    # A second one waits for nothing.
    signal.signal(number, signal.SIG_DFL)
    clear()
    os.kill(os.getpid(), number)


def clear() -> None:
    """Remove what is open: for an end that threads which still work do not see."""
    for process, path in tuple(_open):
        if process == os.getpid():
            shutil.rmtree(path, ignore_errors=True)


def _sweep_later(root: Path) -> None:
    """Once a process, if it lives that long."""
    if root not in _due:
        _due[root] = Timer(LATER, _sweep, (root,))
        _due[root].daemon = True
        _due[root].start()


def _sweep(root: Path) -> None:
    """Remove what killed runs of this user have left there; nothing of it is an error."""
    with contextlib.suppress(Exception), os.scandir(root) as entries:
        dead = [each.path for each in entries if _OURS.fullmatch(each.name) and _is_left(each)]
        for each in dead[:_MOST]:
            _remove(each)


def _is_left(entry: os.DirEntry[str]) -> bool:
    found = entry.stat(follow_symlinks=False)
    old = time.time() - found.st_mtime > _OLD
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and old


def _remove(path: str) -> None:
    lock = locked(path)
    if lock is not None:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)
