"""Whole folders that somebody else filled: looked through and copied, within bounds."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Collection
from pathlib import Path

from pipelinekit.adapters import regular
from pipelinekit.adapters.files import disk_error, write_atomic
from pipelinekit.errors import failed

COPY_MOST, COPY_TOTAL = 5_000, 64 * 1024 * 1024
"""Files, and their bytes, of a folder that is copied."""
SCAN_LIMIT = 64 * 1024
"""Bytes of a file whose text is read in a scan."""
SCAN_TOTAL = 16 * 1024 * 1024
"""Characters that a scan reads in all."""
SCAN_MOST = 20_000
"""Files that a scan looks at."""


def scan(
    root: Path, *, wanted: Callable[[str], object], skipped: Collection[str], deepest: int
) -> dict[str, str]:
    """Every file below `root` by its path, with its text where `wanted` says so and it is small enough.

    Folders named in `skipped`, and what lies more than `deepest` folders down, are passed over.
    """
    found: dict[str, str] = {}
    left = SCAN_TOTAL
    for folder, inside, names in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        inside[:] = sorted(each for each in inside if each not in skipped and depth < deepest)
        for name in sorted(names):
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            found[relative] = _glance(path) if left > 0 and wanted(relative) else ""
            left -= len(found[relative])
            if len(found) > SCAN_MOST:
                return found
    return found


def _glance(path: Path) -> str:
    """The text of a small file; empty for whatever is none, or cannot be read."""
    try:
        return regular.read(path, SCAN_LIMIT).decode(errors="replace")
    except OSError:
        return ""


def copy_tree(source: Path, to: Path) -> None:
    """Copy a folder; links are followed, so that nothing points back at the original.

    Raises `ToolFailed` for what is no file, and for more than a folder of texts is: links lead in circles.
    """
    left = [COPY_MOST, COPY_TOTAL]

    def count(*_: object) -> list[str]:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.EFBIG, f"is more than {COPY_MOST} files and folders")
        return []

    def copy(one: str, other: str) -> None:
        count()
        content = regular.read(one, max(left[1], 0))
        left[1] -= len(content)
        write_atomic(Path(other), content, mode=stat.S_IMODE(os.stat(one).st_mode))  # noqa: PTH116

    try:
        shutil.copytree(source, to, ignore=count, copy_function=copy)
    except shutil.Error as error:
        raise failed("file-unreadable", f"{source}: {error.args[0][0][2]}") from error
    except OSError as error:
        raise disk_error("file-unreadable", source, error) from error
