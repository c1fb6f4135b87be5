"""The content of a work tree as git would commit it now, without a program of anybody's: no filters.

A file behind a filter (LFS has one) is in the work tree in other words than in the index. Whether somebody
changed it is seen by what the disk says about it, as it is in the index since the checkout.
"""

from __future__ import annotations

import mmap
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.source import dotgit, git
from pipelinekit.adapters.source.git import Repository
from pipelinekit.errors import failed
from pipelinekit.records import dataclass

_LINK = "160000"
"""The mode of another repository's commit: a submodule."""
_LINK_MODE = (0o160000).to_bytes(4, "big")
_STAGE = r"(?P<mode>\d{6}) (?P<id>[0-9a-f]{40,64}) (?P<stage>\d)\t(?P<path>[^\0]+)\0"
_DEBUG = (
    r"  ctime: (?P<ctime>\d+:\d+)\n  mtime: (?P<mtime>\d+:\d+)\n  dev: \d+\tino: (?P<ino>\d+)\n"
    r"  uid: \d+\tgid: \d+\n  size: (?P<size>\d+)\tflags: [0-9a-f]+\n"
)
_ENTRY, _KNOWN = re.compile(_STAGE), re.compile(_STAGE + _DEBUG)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A path of the index; `seen` is what the disk said of the file: times, number, size."""

    mode: str
    id: str
    seen: tuple[str, ...] = ()


def tree(repo: Repository, committed: str) -> str:
    """The id of the folder's content, without touching index or objects; what git ignores is not in it.

    `committed` is the id that it has where nothing is changed.
    """
    with momentary.folder() as scratch:
        copy = Path(scratch, "index")
        if repo.index.exists():
            shutil.copy2(repo.index, copy)
        for shared in repo.place.own.glob("sharedindex.*"):
            # A split index is looked for beside the index.
            shutil.copy2(shared, scratch)
        Path(scratch, "objects").mkdir()
        env = {
            "GIT_INDEX_FILE": str(copy),
            "GIT_OBJECT_DIRECTORY": f"{scratch}/objects",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": repo.objects,
        }
        _keep_out_of_submodules(repo, env, Path(scratch))
        repo.check("add", "--all", "--", ".", env=env)
        made = _written(repo, env)
        if made != committed and _put_back(repo, env):
            return _written(repo, env)
        return made


def _written(repo: Repository, env: Mapping[str, str]) -> str:
    arguments = [f"--prefix={repo.prefix}"] if repo.prefix else []
    made = repo.run("write-tree", *arguments, env=env)
    if made.code and not repo.check("ls-files", "--", ".", env=env):
        # git knows no folders: one without a file that it would commit is not in its index.
        return repo.check("hash-object", "-t", "tree", "--stdin").strip()
    if made.code:
        raise failed("git-failed", f"git: {made.reason()}")
    return made.out.strip()


def outside(folder: Path) -> str:
    """The id of the content of a folder that is in no repository."""
    with git.scratch(work_tree=folder) as here:
        here.check("add", "--all", "--", ".")
        return here.check("write-tree").strip()


def changed(repo: Repository, *paths: str) -> list[str]:
    """Those of the tracked files below `paths` that are not as HEAD has them."""
    said = repo.check(
        *("status", "--porcelain", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules=all"),
        *("--", *paths),
    )
    found = [(each[:2], each[3:]) for each in said.split("\0") if each]
    edited = [path for state, path in found if state == " M"]
    same = _untouched(repo, edited, _entries(repo, "--debug", env={})) if edited else set()
    return [path for _, path in found if path not in same]


def _keep_out_of_submodules(repo: Repository, env: Mapping[str, str], scratch: Path) -> None:
    """Say where submodules are ourselves: git would ask a git of theirs, with settings of theirs."""
    if not any(_has_link(each) for each in scratch.glob("*index*")):
        return
    links = {path: each for path, each in _entries(repo, env=env).items() if each.mode == _LINK}
    there = [path for path in links if (repo.place.top / path).is_dir()]
    heads = {path: _commit_in(repo.place.top / path) or links[path].id for path in there}
    moved = "".join(f"{_LINK} {heads[path]} 0\t{path}\0" for path in there)
    repo.at_top().check("update-index", "-z", "--index-info", env=env, stdin=moved)
    repo.at_top().check("update-index", "--assume-unchanged", "-z", "--stdin", env=env, stdin=_joined(there))


def _has_link(index: Path) -> bool:
    """Whether an index may have a submodule; it can be larger than our memory."""
    with index.open("rb") as stream:
        if not index.stat().st_size:
            return False
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(_LINK_MODE) >= 0


def _commit_in(folder: Path) -> str:
    """The commit that a submodule is at, or nothing where it is not checked out."""
    if dotgit.at(folder) is None:
        return ""
    with git.repository(folder) as submodule:
        return submodule.line("rev-parse", "--quiet", "--verify", "HEAD") if submodule else ""


def _put_back(repo: Repository, env: Mapping[str, str]) -> bool:
    """Make the files behind a filter that nobody touched what they are in the index; whether it had to."""
    was = _entries(repo, "--debug")
    now = _entries(repo, env=env)
    same = _untouched(repo, [path for path, each in now.items() if was.get(path, each).id != each.id], was)
    lines = "".join(f"{was[path].mode} {was[path].id} 0\t{path}\0" for path in sorted(same))
    if lines:
        repo.at_top().check("update-index", "-z", "--index-info", env=env, stdin=lines)
    return bool(lines)


def _untouched(repo: Repository, paths: Iterable[str], known: Mapping[str, _Entry]) -> set[str]:
    """Those of the paths that a filter is named for, and that the disk knows as the index does."""
    asked = _joined(paths)
    if not asked:
        return set()
    fields = repo.at_top().check("check-attr", "-z", "--stdin", "filter", stdin=asked).split("\0")
    filtered = {
        path
        for path, value in zip(fields[::3], fields[2::3], strict=False)
        if value not in {"unspecified", "unset", "set"}
    }
    return {path for path in filtered if path in known and known[path].seen == _seen(repo.place.top / path)}


def _entries(repo: Repository, *options: str, env: Mapping[str, str] | None = None) -> dict[str, _Entry]:
    """The index' entries below the folder, by their paths in the repository."""
    said = repo.check("ls-files", "--stage", "-z", "--full-name", *options, "--", ".", env=env)
    found = (_KNOWN if options else _ENTRY).finditer(said)
    seen = ("size", "ino", "mtime", "ctime")
    return {
        each["path"]: _Entry(each["mode"], each["id"], tuple(each[name] for name in seen) if options else ())
        for each in found
    }


def _seen(path: Path) -> tuple[str, ...]:
    try:
        there = path.lstat()
    except OSError:
        return ()
    times = (f"{each // 10**9}:{each % 10**9}" for each in (there.st_mtime_ns, there.st_ctime_ns))
    # The index has room for half of a number.
    return (str(there.st_size % 2**32), str(there.st_ino % 2**32), *times)


def _joined(paths: Iterable[str]) -> str:
    return "".join(f"{each}\0" for each in paths)
