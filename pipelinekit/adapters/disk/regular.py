"""Files that somebody else wrote, opened without waiting and read within a bound.

What stands at a path in a repository may be a pipe, a device, a link to one, or a file without end: no reader
asks for more than it can use.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

DOCUMENT = 4 * 1024 * 1024
"""Bytes of a text that a person writes: a descriptor, a Dockerfile, a receipt."""
CONTENT = 64 * 1024 * 1024
"""Bytes of any other file that is read as a whole."""
_OPEN = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_PIECE = 1024 * 1024
_KINDS = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISFIFO, "is a pipe"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
)


def read(path: str | Path, limit: int = CONTENT, *, follow: bool = True) -> bytes:
    """The content of a regular file; `OSError` for any other kind, and for one of more than `limit` bytes.

    Without `follow` a link is no file either.
    """
    handle, expected = _opened(path, follow=follow)
    try:
        return _content(handle, expected, path, limit)
    finally:
        os.close(handle)


def descriptor(path: str | Path, *, follow: bool = True) -> int:
    """An open descriptor of a regular file, to be closed by the caller; `OSError` for any other kind."""
    return _opened(path, follow=follow)[0]


def _opened(path: str | Path, *, follow: bool) -> tuple[int, int]:
    """`descriptor`, and how many bytes the file says that it has."""
    try:
        handle = os.open(path, _OPEN if follow else _OPEN | os.O_NOFOLLOW)
    except ValueError as error:
        # A NUL: no file can have that name.
        raise OSError(errno.EINVAL, "is no path that a file can have", repr(str(path))) from error
    except OSError as error:
        # A socket has nothing to open; a link is one too many where none is followed.
        if error.errno in {errno.ENXIO, errno.ENODEV}:
            raise OSError(error.errno, "is a socket or a device, not a file", str(path)) from error
        raise
    found = os.fstat(handle)
    mode = found.st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        kind = next((said for is_kind, said in _KINDS if is_kind(mode)), "is something else")
        number = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
        raise OSError(number, f"{kind}, not a file", str(path))
    return handle, found.st_size


def content(handle: int, path: str | Path, limit: int) -> bytes:
    """What an open file holds; `OSError` when that is more than `limit` bytes, as it says or as it comes."""
    return _content(handle, os.fstat(handle).st_size, path, limit)


def _content(handle: int, expected: int, path: str | Path, limit: int) -> bytes:
    if expected > limit:
        raise _too_large(path, limit)
    pieces: list[bytes] = []
    left = limit + 1
    while left and (piece := os.read(handle, min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
        if len(piece) == expected < _PIECE:
            # It was asked for more than that: another call would find the end of each of many small files.
            break
    if not left:
        raise _too_large(path, limit)
    return b"".join(pieces)


def _too_large(path: str | Path, limit: int) -> OSError:
    return OSError(errno.EFBIG, f"is larger than {size(limit)}", str(path))


def size(limit: int) -> str:
    """A bound as people say it."""
    return f"{limit >> 20} MiB" if limit >= 1 << 20 else f"{limit >> 10} KiB"
