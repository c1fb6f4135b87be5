"""What is read through links: only what the repository itself has.

A link is data of whoever committed it, and beside what is committed a checkout holds what must not get out:
git's own configuration, and files of a developer or of the agent that git does not track.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipelinekit.adapters.disk import files, links
from pipelinekit.adapters.source import dotgit, git
from pipelinekit.errors import Fault, Place, Refused, ToolMissing, failed
from pipelinekit.model.tree import is_gits

MOST, TOTAL = 5_000, 64 * 1024 * 1024
"""Files, and their bytes, of a folder that is copied."""

_HINT = "a link may lead to files that the repository has (`git add` them); put a file there instead"


def followed(root: Path, relative: str) -> Path:
    """`relative` below the application's folder `root`; `Refused` where a link leads astray."""
    require_tracked(root, links.links(root, [relative]))
    return root / relative


def tracked(folder: Path) -> frozenset[str] | None:
    """The paths below `folder` that git has in its index, with `/`; None where there is no git to ask."""
    try:
        with git.repository(folder) as repo:
            return frozenset(repo.check("ls-files", "-z", "--", ".").split("\0")) - {""} if repo else None
    except ToolMissing:
        return None


def require_tracked(root: Path, linked: Iterable[str]) -> None:
    """Raise `Refused` unless each of these paths, which are links, leads to what the repository has."""
    _require({root / each: _real(root / each) for each in linked}, _top(root))


def copy(folder: Path, to: Path, root: Path) -> None:
    """Copy a folder of the application in `root`; links are followed, so that none is in the copy.

    Raises `Refused` for links that lead out of the repository, to what git does not track, or in a circle;
    `ToolFailed` for what is no file.
    """
    top = _top(root)
    found: dict[Path, bool] = {}
    is_linked = bool(links.links(root, [folder.relative_to(root).as_posix()]))
    for path, linked in _walk(folder, top, (), is_linked=is_linked):
        found[path] = linked
        if len(found) > MOST:
            raise failed("folder-too-large", f"{folder} has more than {MOST} files")
    _require({path: _real(path) for path, linked in found.items() if linked}, top)
    left = TOTAL
    for path in found:
        content = files.read_bytes(path, left)
        left -= len(content)
        files.write_atomic(to / path.relative_to(folder), content, mode=stat.S_IMODE(path.stat().st_mode))


def _walk(
    folder: Path, top: Path, above: tuple[tuple[int, int], ...], *, is_linked: bool
) -> Iterator[tuple[Path, bool]]:
    """Every file below, and whether a link was on the way; what leads astray is not gone into."""
    if is_linked and (astray := _astray(_real(folder), top)):
        raise Refused(_fault(folder, astray))
    try:
        here = folder.stat()
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names
    except OSError as error:
        raise failed("file-unreadable", f"{folder}: {error.strerror}") from error
    me = here.st_dev, here.st_ino
    if me in above:
        raise Refused(_fault(folder, "leads in a circle"))
    for path in (folder / name for name in names):
        linked = is_linked or path.is_symlink()
        if path.is_dir():
            yield from _walk(path, top, (*above, me), is_linked=linked)
        elif linked or path.is_file():
            yield path, linked
        else:
            raise failed("file-unreadable", f"{path} is no file")


def _require(reached: Mapping[Path, Path], top: Path) -> None:
    faults = []
    inside = {}
    for path, real in reached.items():
        astray = _astray(real, top)
        if astray:
            faults.append(_fault(path, astray))
        else:
            inside[path] = real.relative_to(top).as_posix()
    known = tracked(top) if inside else None
    if known is not None:
        others = [path for path, at in inside.items() if at not in known]
        faults += [_fault(path, "leads to what git does not track") for path in others]
    if faults:
        raise Refused(*faults)
    for path, real in reached.items():
        try:
            if stat.S_ISREG(real.lstat().st_mode):
                continue
        except OSError as error:
            raise failed("file-unreadable", f"{path}: {error.strerror}") from error
        raise failed("file-unreadable", f"{path} is no file")


def _astray(real: Path, top: Path) -> str:
    if real != top and top not in real.parents:
        return "leads out of the repository"
    return "leads to what is git's own" if is_gits(real.relative_to(top).as_posix()) else ""


def _top(root: Path) -> Path:
    found = dotgit.find(root)
    return found.top if found else _real(root)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _fault(path: Path, problem: str) -> Fault:
    return Fault("path-blocked", f"is a link, or behind one, and {problem}", Place(str(path)), hint=_HINT)
