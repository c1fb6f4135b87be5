"""Where a path of a repository leads: a link is data of whoever committed it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipelinekit.errors import Fault, Place, Refused, failed, refused
from pipelinekit.model.tree import is_gits

LINK_OUT = "is a link that leads out of the application's folder"
LINK_GIT = "is a link that leads to what is git's own"
MOST, DEEPEST = 20_000, 200
"""How much of a folder is walked: of few links that lead to each other's folders come millions of files."""


def astray(root: Path, path: Path) -> str:
    """What is wrong with where a link leads; empty where it leads to something else in the folder."""
    try:
        real, top = path.resolve(), root.resolve()
    except (OSError, RuntimeError):
        # A circle of links leads nowhere.
        return LINK_OUT
    if top not in real.parents:
        return LINK_OUT
    return LINK_GIT if is_gits(real.relative_to(top).as_posix()) else ""


def inside(root: Path, relative: str) -> Path:
    """`relative` below `root`; `Refused` where it is in another place, by its name or by a link."""
    path = root / relative
    if path.resolve() != root.resolve() and (is_gits(relative) or astray(root, path)):
        raise refused("path-blocked", f"{relative} leads out of {root}, or to what is git's own")
    return path


def require_unlinked(root: Path, relative: str) -> Path:
    """`relative` below `root`, which is ours alone; `Refused` where a part of it is a link."""
    path = root
    for part in relative.split("/"):
        path = path / part
        if path.is_symlink():
            hint = "nobody but pipelinekit writes there: remove it"
            raise Refused(Fault("path-blocked", "is a link", Place(str(path)), hint=hint))
    return path


def links(root: Path, paths: Iterable[str]) -> list[str]:
    """Those of the paths below `root` that are links, or that a link leads to."""
    known: dict[str, bool] = {"": False}

    def is_linked(relative: str) -> bool:
        if relative not in known:
            above = relative.rpartition("/")[0]
            known[relative] = is_linked(above) or os.path.islink(f"{root}/{relative}")  # noqa: PTH114
        return known[relative]

    return [each for each in paths if is_linked(each)]


def below(folder: Path) -> Iterator[Path]:
    """Every file below `folder`, by name, those behind links too.

    Raises `Refused` for a link that leads in a circle and for what is too much or too deep, `ToolFailed` for
    a folder that cannot be read.
    """
    left, within = MOST, [_opened(folder)]
    while within:
        path = next(within[-1][1], None)
        if path is None:
            within.pop()
            continue
        left -= 1
        if left < 0 or len(within) > DEEPEST:
            problem = f"holds more than {MOST} files and folders, or more than {DEEPEST} inside each other"
            hint = "take out what is not of it; links to folders count again each time"
            raise Refused(Fault("path-blocked", problem, Place(str(folder)), hint=hint))
        if not path.is_dir():
            yield path
            continue
        opened = _opened(path)
        if opened[0] in {each for each, _ in within}:
            problem, hint = "is a link that leads in a circle", "put a folder there instead"
            raise Refused(Fault("path-blocked", problem, Place(str(path)), hint=hint))
        within.append(opened)


def _opened(folder: Path) -> tuple[tuple[int, int], Iterator[Path]]:
    """Which folder it is on its disk, and what is in it, by name."""
    try:
        here = folder.stat()
        return (here.st_dev, here.st_ino), iter(sorted(folder.iterdir()))
    except OSError as error:
        raise failed("file-unreadable", f"{folder}: {error.strerror}") from error
