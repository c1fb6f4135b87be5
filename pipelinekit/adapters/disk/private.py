"""Folders that only we can read and that do not outlive us: for secrets, and for a build's home.

They are made in one folder a user, below the machine's temporary one. Whoever has one holds a lock on it,
which the system gives back however the process ends. So what a killed process has left is known by its lock,
and the next run removes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipelinekit.adapters.disk import momentary
from pipelinekit.errors import ToolFailed, failed

_swept: set[Path] = set()


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A new folder, mode 0700, that is removed after the block, or by the next run that finds us dead.

    Raises `ToolFailed` when the user's own folder is not theirs alone.
    """
    path, lock = make()
    try:
        with momentary.held(str(path)):
            yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def make() -> tuple[Path, int]:
    """A new folder, and the open file that keeps it ours until this process ends."""
    root = _root()
    with _alone(root):
        dead = [] if root in _swept else _dead(root)
        path = Path(tempfile.mkdtemp(dir=root, prefix=f"{os.getpid()}-"))
        lock = momentary.locked(path)
        if lock is None:
            raise failed("private-folder", f"{path} is taken", hint="run it again")
    _swept.add(root)
    # Their locks are ours by now: nobody else removes them, and they keep nobody waiting.
    for each, held in dead:
        shutil.rmtree(each, ignore_errors=True)
        os.close(held)
    return path, lock


def _root() -> Path:
    path = Path(tempfile.gettempdir(), f"pipelinekit-{os.getuid()}")
    try:
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
        found = path.lstat()
    except OSError as error:
        raise _no_folder(path, str(error.strerror)) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise _no_folder(path, "is not a folder of this user alone")
    return path


def _no_folder(path: Path, reason: str) -> ToolFailed:
    return failed(
        "private-folder",
        f"{path}: {reason}",
        hint="secrets go there: remove it, or set TMPDIR",
    )


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """While a folder is made it has no lock yet: nobody may look for dead ones then."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _dead(root: Path) -> list[tuple[Path, int]]:
    """What was left by processes that are no more, with the locks that we now have on it."""
    with os.scandir(root) as entries:
        folders = [Path(each.path) for each in entries if each.is_dir(follow_symlinks=False)]
    held = [(each, momentary.locked(each)) for each in folders]
    return [(each, lock) for each, lock in held if lock is not None]
