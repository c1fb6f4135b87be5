"""Git: the facts about a work tree, and the text merge that generation uses."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters import process
from pipelinekit.errors import ToolMissing, failed

if TYPE_CHECKING:
    from pipelinekit.model.release import Revision

MAIN = "main"
_VERSION_TAG = "v[0-9]*.[0-9]*.[0-9]*"


def revision(folder: Path, *, name: str, messages: bool = False) -> Revision:
    """The facts about the work tree that `folder` is in; outside a repository only the content's id.

    `name` is the application's, for a monorepo's tags (`orders/v1.2.3`); `messages` asks for those of the
    commits since the tag. Nothing is written to the
    repository. Raises `ToolFailed` with git's reason.
    """
    # Whoever only merges texts need not load what a release is made of.
    from pipelinekit.model.release import Revision

    where = ["--show-prefix", "--is-shallow-repository", "--path-format=absolute", "--git-path", "index"]
    top = process.run(["git", "rev-parse", *where, "--git-path", "objects"], cwd=folder)
    if top.code:
        _require_outside(top)
        return Revision(tree=_tree_outside(folder), dirty=True)
    prefix, shallow, index, objects = top.out.splitlines()
    if prefix and _is_ignored(folder):
        return Revision(tree=_tree_outside(folder), dirty=True)
    main_branch, has_tags = _refs(folder)
    facts = Revision(
        tree=_tree(folder, prefix, Path(index), objects),
        dirty=True,
        branch=_line(folder, "symbolic-ref", "--quiet", "--short", "HEAD"),
        main_branch=main_branch,
        shallow=shallow == "true",
        folder=prefix.rstrip("/") or ".",
        source=without_credentials(_line(folder, "config", "--get", "remote.origin.url")),
    )
    head = _line(folder, "log", "-1", "--format=%H %ct %T")
    if not head:
        return facts
    commit, committed, tree = head.split()
    if prefix:
        tree = _line(folder, "rev-parse", "--quiet", "--verify", f"HEAD:{prefix.rstrip('/')}")
    tag = _nearest_tag(folder, name) if has_tags else ""
    reach = f"{tag}..HEAD" if tag else "HEAD"
    return replace(
        facts,
        commit=commit,
        committed=int(committed),
        dirty=facts.tree != tree,
        tag=tag,
        since=int(_line(folder, "rev-list", "--first-parent", "--count", reach) or 0),
        messages=_messages(folder, reach) if messages else (),
    )


def _messages(folder: Path, reach: str) -> tuple[str, ...]:
    said = process.check(
        ["git", "log", "--first-parent", "--reverse", "--format=%B%x00", reach, "--"], cwd=folder
    )
    return tuple(each.strip() for each in said.split("\0")[:-1])


def tracked(folder: Path) -> frozenset[str] | None:
    """The paths below `folder` that git has in its index, with `/`; None where there is no git to ask."""
    try:
        listed = process.run(["git", "ls-files", "-z", "--", "."], cwd=folder)
    except ToolMissing:
        return None
    return frozenset(listed.out.split("\0")) - {""} if listed.code == 0 else None


def place(folder: Path) -> tuple[str, str]:
    """Where in its repository `folder` is (`.` at the top and outside of one), and the main branch's name."""
    if not _may_be_inside(folder):
        return ".", MAIN
    top = process.run(["git", "rev-parse", "--show-prefix"], cwd=folder)
    if top.code:
        _require_outside(top)
        return ".", MAIN
    prefix = top.out.strip().rstrip("/")
    if prefix and _is_ignored(folder):
        return ".", MAIN
    return prefix or ".", _refs(folder)[0]


def _may_be_inside(folder: Path) -> bool:
    """Whether git would look for a repository here: where there is nothing to find, no process is started."""
    absolute = folder.resolve()
    # A folder above that we may not look into has no repository for us, as for git.
    return "GIT_DIR" in os.environ or any(
        os.path.exists(each / ".git")  # noqa: PTH110 - that of a Path raises there
        for each in (absolute, *absolute.parents)
    )


def _require_outside(said: process.Completed) -> None:
    """Raise unless git failed because there is no repository."""
    if "not a git repository" not in said.err:
        raise failed("git-failed", f"git: {said.reason()}", hint=_safe_directory_hint(said.err))


def without_credentials(address: str) -> str:
    """A git address without the user and password that an http address may carry."""
    return re.sub(r"^(https?://)[^/@]*@", r"\1", address)


def init(folder: Path) -> bool:
    """Make `folder` a repository with the branch `main` unless one has it already; whether it did.

    A repository around it that ignores it does not count: nothing in it could ever be committed there.
    """
    inside = process.run(["git", "rev-parse", "--git-dir"], cwd=folder).code == 0
    if inside and not _is_ignored(folder):
        return False
    process.check(["git", "init", "--quiet", "--initial-branch=main"], cwd=folder)
    return True


class MergeFile:
    """`git merge-file` as a text merge; needs no repository."""

    def merge(self, base: str, theirs: str, new: str) -> tuple[str, bool]:
        """The merged text, and whether it is free of conflicts."""
        with tempfile.TemporaryDirectory(prefix="pipelinekit-") as folder:
            paths = []
            for name, text in (("yours", theirs), ("base", base), ("generated", new)):
                path = Path(folder, name)
                path.write_text(text, newline="")
                paths.append(str(path))
            labels = ["-L", "yours", "-L", "last generated", "-L", "generated"]
            done = process.run(["git", "merge-file", "-p", *labels, *paths])
        if done.code < 0 or done.code > 127:
            raise failed("merge-failed", f"git merge-file: {done.reason()}")
        return done.out, done.code == 0


def _line(folder: Path, *arguments: str) -> str:
    """The first line of what git says, or nothing when it has nothing to say."""
    done = process.run(["git", *arguments], cwd=folder)
    return done.out.split("\n", 1)[0].strip() if done.code == 0 else ""


def _nearest_tag(folder: Path, name: str) -> str:
    describe = ("describe", "--tags", "--first-parent", "--abbrev=0", "--exclude", "*-*")
    return _line(folder, *describe[:-2], "--match", f"{name}/{_VERSION_TAG}") or _line(
        folder, *describe, "--match", _VERSION_TAG
    )


def _is_ignored(folder: Path) -> bool:
    return process.run(["git", "check-ignore", "--quiet", "."], cwd=folder).code == 0


def _refs(folder: Path) -> tuple[str, bool]:
    """The name of the main branch, and whether there are tags at all."""
    remote = "refs/remotes/origin/HEAD"
    patterns = [
        remote,
        *(f"{p}/{n}" for p in ("refs/heads", "refs/remotes/origin") for n in ("main", "master")),
    ]
    lines = process.check(
        ["git", "for-each-ref", "--format=%(refname) %(symref)", *patterns, "refs/tags"], cwd=folder
    ).splitlines()
    refs = dict(line.split(" ", 1) for line in lines)
    has_tags = any(each.startswith("refs/tags/") for each in refs)
    if refs.get(remote):
        return refs[remote].removeprefix("refs/remotes/origin/"), has_tags
    branches = {each.rsplit("/", 1)[-1] for each in refs if not each.startswith("refs/tags/")}
    return ("master" if branches == {"master"} else "main"), has_tags


def _tree(folder: Path, prefix: str, index: Path, objects: str) -> str:
    """The id of the folder's content as git would commit it now, without touching index or objects."""
    with tempfile.TemporaryDirectory(prefix="pipelinekit-") as scratch:
        copy = Path(scratch, "index")
        if index.exists():
            shutil.copy2(index, copy)
        Path(scratch, "objects").mkdir()
        env = {
            "GIT_INDEX_FILE": str(copy),
            "GIT_OBJECT_DIRECTORY": f"{scratch}/objects",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects,
        }
        process.check(["git", "add", "--all", "--", "."], cwd=folder, env=env)
        arguments = [f"--prefix={prefix}"] if prefix else []
        made = process.run(["git", "write-tree", *arguments], cwd=folder, env=env)
        if made.code and not process.check(["git", "ls-files", "--", "."], cwd=folder, env=env):
            # git knows no folders: one without a file that it would commit is not in its index.
            return process.check(["git", "hash-object", "-t", "tree", "--stdin"], cwd=folder).strip()
        if made.code:
            raise failed("git-failed", f"git: {made.reason()}")
        return made.out.strip()


def _tree_outside(folder: Path) -> str:
    with tempfile.TemporaryDirectory(prefix="pipelinekit-") as scratch:
        process.check(["git", "init", "--quiet", "--bare", scratch])
        git = ["git", f"--git-dir={scratch}", f"--work-tree={folder}", "-c", "core.bare=false"]
        process.check([*git, "add", "--all", "--", "."], cwd=folder)
        return process.check([*git, "write-tree"], cwd=folder).strip()


def _safe_directory_hint(text: str) -> str:
    if "dubious ownership" in text:
        return "the folder belongs to another user: git config --global --add safe.directory FOLDER"
    return ""
