"""Which repository a folder is in: found by us, since git would believe what it finds on the way.

Only a `.git` counts. A folder that merely looks like a bare repository is a folder, as with
`safe.bareRepository=explicit`: whoever commits one could configure the git of whoever reads it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from pipelinekit.errors import failed
from pipelinekit.records import dataclass

_POINTER = b"gitdir: "
_LONGEST = 64 * 1024
"""Bytes of a file of git's that names a path."""
CONFIG_MOST = 4 * 1024 * 1024
"""Bytes of a repository's own configuration."""
MOST = 256 * 1024 * 1024
"""Bytes of any other file that git reads whole: an index of two million files."""
REFS = 200_000
"""Refs that have a file each."""
_OWN = ("HEAD", "index", "info/sparse-checkout", "sharedindex.*")
_COMMON = (
    *("packed-refs", "shallow", "info/attributes", "info/exclude", "info/sparse-checkout"),
    *("objects/info/alternates", "objects/info/commit-graph"),
)
_REFS = ("refs", "reftable")


@dataclass(frozen=True, slots=True)
class DotGit:
    """A repository with a work tree."""

    top: Path
    """The work tree."""
    own: Path
    """What this work tree has for itself: HEAD, index."""
    common: Path
    """What all its work trees share: objects, refs, configuration."""

    @property
    def config(self) -> Path | None:
        """The repository's own configuration, where it is a file that can be read to its end."""
        path = self.common / "config"
        try:
            there = path.stat()
        except OSError:
            return None
        if not stat.S_ISREG(there.st_mode) or there.st_size > CONFIG_MOST:
            raise failed("git-failed", f"git: {path} is no configuration")
        return path

    def head(self) -> str:
        """The ref that HEAD names, or nothing where it names a commit."""
        return _line(self.own / "HEAD").removeprefix(b"ref:").strip().decode(errors="replace")


def find(folder: Path) -> DotGit | None:
    """The repository that `folder` is in, as git finds one; None outside of any."""
    absolute = folder.resolve()
    ceilings = os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep)
    device = _device(absolute)
    for each in (absolute, *absolute.parents):
        if each != absolute and (os.fspath(each) in ceilings or _device(each) != device):
            return None
        found = at(each)
        if found:
            return found
    return None


def at(folder: Path) -> DotGit | None:
    """The repository whose work tree begins at `folder`."""
    path = folder / ".git"
    # A folder above that we may not look into has no repository for us, as for git.
    if not os.path.exists(path):  # noqa: PTH110 - that of a Path raises there
        return None
    own = path.resolve() if path.is_dir() else _pointed(path)
    named = _line(own / "commondir")
    common = (own / os.fsdecode(named)).resolve() if named else own
    sound = (own / "HEAD").is_file() and (common / "objects").is_dir() and (common / "refs").is_dir()
    return DotGit(folder, own, common) if sound else None


def require_ours(found: DotGit, safe: Sequence[str]) -> None:
    """Raise unless work tree and repository are ours, or the user has said that they are safe.

    `safe` are the values of the user's `safe.directory`.
    """
    ours = {os.geteuid()}
    if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdigit():
        ours.add(int(os.environ["SUDO_UID"]))
    places = (found.top, found.top / ".git", found.own)
    if all(os.lstat(each).st_uid in ours for each in places) or _is_safe(found.top, safe):
        return
    raise failed(
        "git-failed",
        f"git: detected dubious ownership in repository at '{found.top}'",
        hint="the folder belongs to another user: git config --global --add safe.directory FOLDER",
    )


def require_files(found: DotGit) -> None:
    """Raise unless what git opens by its name is a file, of a bearable size: git would wait for a pipe."""
    named = [each for name in _OWN for each in found.own.glob(name)]
    named += [found.common / name for name in _COMMON]
    for each in named:
        _require_file(each, MOST)
    for each in (found.common / "objects/pack").glob("*"):
        _require_file(each)
    refs = (
        Path(at, each) for name in _REFS for at, _, names in os.walk(found.common / name) for each in names
    )
    for number, each in enumerate(refs):
        if number > REFS:
            raise failed("git-failed", f"git: {found.common} has more than {REFS} refs", hint="git pack-refs")
        _require_file(each)


def _require_file(path: Path, most: int | None = None) -> None:
    try:
        there = path.stat()
    except OSError:
        return
    if not stat.S_ISREG(there.st_mode):
        raise failed("git-failed", f"git: {path} is no file")
    if most is not None and there.st_size > most:
        raise failed("git-failed", f"git: {path} is larger than {most >> 20} MiB")


def _is_safe(top: Path, safe: Sequence[str]) -> bool:
    counts = False
    for each in safe:
        if each == "":
            counts = False
            continue
        above = each.removesuffix("/*")
        path = Path(os.path.expanduser(above)).resolve()  # noqa: PTH111 - a name nobody has stays as it is
        counts = counts or each == "*" or path == top or (above != each and path in top.parents)
    return counts


def _pointed(path: Path) -> Path:
    line = _line(path)
    if not line.startswith(_POINTER):
        raise failed("git-failed", f"git: invalid gitfile format: {path}")
    return (path.parent / os.fsdecode(line[len(_POINTER) :])).resolve()


def _line(path: Path) -> bytes:
    """The first line of a file, or nothing where there is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return b""
        with path.open("rb") as stream:
            line = stream.read(_LONGEST).partition(b"\n")[0].rstrip(b"\r")
    except OSError:
        return b""
    return b"" if b"\0" in line else line


def _device(path: Path) -> int:
    if os.environ.get("GIT_DISCOVERY_ACROSS_FILESYSTEM") in {"1", "true", "yes", "on"}:
        return 0
    try:
        return path.stat().st_dev
    except OSError:
        return -1
