"""Work trees of other applications: folders that are here, or clones made for a moment."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelinekit.adapters import process
from pipelinekit.adapters.plainhttp import require_secure
from pipelinekit.adapters.source.repositories import TIMEOUT, reason, unattended
from pipelinekit.adapters.source.worktree import without_credentials
from pipelinekit.errors import failed, refused
from pipelinekit.model.platform import Registration

TRAILER = "Generated-Tree"
"""The last line of a commit of ours on a branch of ours: what its tree was when we made it."""


def local(base: Path, registration: Registration) -> Path:
    """The application's folder in a checkout at `<base>/<team>/<name>` or `<base>/<name>`."""
    for place in (base / registration.team / registration.name, base / registration.name):
        if place.is_dir():
            return place / registration.path
    raise failed("checkout-missing", f"there is no checkout of {registration.name} below {base}")


@contextmanager
def clone(registration: Registration) -> Iterator[Path]:
    """The application's folder in a fresh clone of its branch, removed after the block."""
    shown = without_credentials(registration.repository)
    require_secure(registration.repository)
    with tempfile.TemporaryDirectory(prefix="pipelinekit-") as scratch:
        options = ["--quiet", "--depth", "1", "--single-branch", "--branch", registration.branch]
        done = process.run(
            ["git", "clone", *options, "--", registration.repository, f"{scratch}/clone"],
            env=unattended(),
            timeout=TIMEOUT,
        )
        if done.code:
            raise failed("repository-unreachable", f"git cannot clone {shown}: {reason(done)}")
        yield Path(scratch, "clone", registration.path)


def require_clean(folder: Path) -> None:
    """Raise `Refused` when something below `folder` is changed and uncommitted: it is not ours to commit."""
    changed = process.check(["git", "status", "--porcelain", "--untracked-files=no", "--", "."], cwd=folder)
    if changed.strip():
        count = len(changed.splitlines())
        raise refused(
            "checkout-dirty",
            f"{count} changed file(s) are not committed in {folder}",
            hint="commit or stash them, or generate without --commit",
        )


def commit(folder: Path, paths: list[str], *, branch: str, message: str, push: bool) -> bool:
    """Commit these paths on a branch of that name (empty: the current one); whether that is anything new.

    Nothing else of the work tree gets into the commit. With `push` it goes to the remote: the current branch
    never by force; a named one may replace there what an earlier run has pushed, and nothing that somebody
    else has committed on it (`Refused`). It is nothing new when the remote's branch has the same files.
    """
    if branch:
        _switch(folder, branch)
    process.check(["git", "add", "--all", "--", *paths], cwd=folder)
    process.check(["git", "commit", "--quiet", "--message", message, "--", *paths], cwd=folder)
    if not branch:
        if push:
            current = process.check(["git", "symbolic-ref", "--short", "HEAD"], cwd=folder).strip()
            _push(folder, current)
        return True
    tree = process.check(["git", "rev-parse", "HEAD^{tree}"], cwd=folder).strip()
    marked = f"{message}\n\n{TRAILER}: {tree}"
    process.check(["git", "commit", "--quiet", "--amend", "--message", marked], cwd=folder)
    return _replace(folder, branch, tree) if push else True


def _switch(folder: Path, branch: str) -> None:
    """Go to the branch, from where we are; `Refused` when it has commits that would be lost."""
    known = process.run(["git", "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"], cwd=folder)
    if known.code == 0:
        inside = process.run(["git", "merge-base", "--is-ancestor", known.out.strip(), "HEAD"], cwd=folder)
        if inside.code:
            raise refused(
                "branch-taken",
                f"the branch {branch} has commits that are not in the current one",
                hint="merge or delete it, or name another with --branch",
            )
    process.check(["git", "checkout", "--quiet", "-B", branch], cwd=folder)


def _replace(folder: Path, branch: str, tree: str) -> bool:
    """Push HEAD in the place of what an earlier run left on the remote's branch; whether it differs."""
    ref = f"refs/heads/{branch}"
    listed = process.run(["git", "ls-remote", "origin", ref], cwd=folder, env=unattended(), timeout=TIMEOUT)
    if listed.code:
        raise failed("repository-unreachable", f"git cannot read origin: {reason(listed)}")
    there = listed.out.split()[0] if listed.out.strip() else ""
    if there:
        fetch = ["git", "fetch", "--quiet", "--depth", "1", "origin", ref]
        process.check(fetch, cwd=folder, env=unattended(), timeout=TIMEOUT)
        shown = process.check(["git", "log", "-1", "--format=%T %B", "FETCH_HEAD"], cwd=folder)
        theirs, _, body = shown.partition(" ")
        if theirs == tree:
            return False
        is_inside = process.run(["git", "merge-base", "--is-ancestor", there, "HEAD"], cwd=folder).code == 0
        if not is_inside and body.strip().rpartition("\n")[2] != f"{TRAILER}: {theirs}":
            raise refused(
                "branch-taken",
                f"somebody else has committed to {branch}",
                hint="merge or delete it, or name another with --branch",
            )
    _push(folder, branch, f"--force-with-lease={ref}:{there}")
    return True


def _push(folder: Path, branch: str, *options: str) -> None:
    push = ["git", "push", "--quiet", *options, "origin", f"HEAD:refs/heads/{branch}"]
    done = process.run(push, cwd=folder, env=unattended(), timeout=TIMEOUT)
    if done.code:
        raise failed("push-refused", f"git cannot push {branch}: {reason(done)}")
