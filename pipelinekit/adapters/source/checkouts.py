"""Work trees of other applications: folders that are here, or clones made for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelinekit.adapters.disk import links
from pipelinekit.adapters.source import addresses, dotgit, git
from pipelinekit.adapters.source.clone import content
from pipelinekit.adapters.source.git import TIMEOUT, Repository
from pipelinekit.adapters.source.repositories import reason
from pipelinekit.adapters.source.worktree import without_credentials
from pipelinekit.counts import counted
from pipelinekit.errors import failed, refused
from pipelinekit.model.platform.document import Registration

MOST, FILES = 1024 * 1024 * 1024, 500_000
"""Bytes and files of a work tree that is cloned: what git sends can be a thousandth of it."""
MEMORY = 512 * 1024 * 1024
"""Bytes that git may have while it takes in a clone."""
TRAILER = "Generated-Tree"
"""The last line of a commit of ours on a branch of ours: what its tree was when we made it."""


def local(base: Path, registration: Registration) -> Path:
    """The application's folder in a checkout at `<base>/<team>/<name>` or `<base>/<name>`."""
    for place in (base / registration.team / registration.name, base / registration.name):
        if place.is_dir():
            return links.inside(place, registration.path)
    raise failed("checkout-missing", f"there is no checkout of {registration.name} below {base}")


@contextmanager
def clone(registration: Registration) -> Iterator[Path]:
    """The application's folder in a fresh clone of its branch, removed after the block."""
    shown = without_credentials(registration.repository)
    ref, source = addresses.head(registration.branch), addresses.address(registration.repository)
    with _cloned(source, shown, f"--branch={registration.branch}") as into:
        made = dotgit.at(into)
        if made is None or made.head() != ref:
            # git takes a tag of that name as well.
            problem = f"{shown} has no branch '{registration.branch}'"
            raise failed("repository-unreachable", problem, hint="`branch` of its registration names another")
        _check_out(into, shown)
        yield links.inside(into, registration.path)


@contextmanager
def passing(repository: str) -> Iterator[Path]:
    """A clone of what an address shows first, removed after the block."""
    shown, source = without_credentials(repository), addresses.address(repository, what="--from")
    with _cloned(source, shown) as into:
        made = dotgit.at(into)
        if made is None or not made.head():
            problem = f"{shown} has no branch that it shows first"
            raise failed(
                "repository-unreachable", problem, hint="is anything pushed there? `git clone` it, and see"
            )
        _check_out(into, shown)
        yield into


@contextmanager
def _cloned(source: str, shown: str, *more: str) -> Iterator[Path]:
    """A clone without its files."""
    with git.nowhere() as here:
        into = here.folder / "clone"
        # Hooks that a template has are programs as well.
        options = [
            "--quiet",
            "--no-checkout",
            "--template=",
            # What is large goes past the memory, not through it.
            "--config=core.bigFileThreshold=16m",
            "--depth=1",
            "--single-branch",
            *more,
        ]
        done = here.run("clone", *options, "--", source, str(into), timeout=TIMEOUT, memory=MEMORY, file=MOST)
        if done.code:
            raise failed("repository-unreachable", f"git cannot clone {shown}: {reason(done)}")
        yield into


def _check_out(into: Path, shown: str) -> None:
    """Write the files of a clone; `ToolFailed` where they are more than this machine should hold."""
    with _opened(into) as repo:
        listed = repo.check("ls-tree", "-r", "-z", "--format=%(objectsize)", "HEAD").split("\0")
        sizes = [int(each) for each in listed if each.isdecimal()]
        if sum(sizes) > MOST or len(sizes) > FILES:
            raise failed(
                "repository-too-large",
                f"{shown} has {counted(len(sizes), 'file')} of {sum(sizes) >> 20} MiB; "
                f"{FILES} of {MOST >> 20} MiB are taken in",
                hint="check it out yourself, and name the folder with --checkouts",
            )
        repo.check("read-tree", "-u", "--reset", "HEAD")


def require_clean(folder: Path) -> None:
    """Raise `Refused` when something below `folder` is changed and uncommitted: it is not ours to commit."""
    with _opened(folder) as repo:
        changed = content.changed(repo, ".")
    if changed:
        raise refused(
            "checkout-dirty",
            f"{counted(len(changed), 'changed file is', 'changed files are')} not committed in {folder}",
            hint="commit or stash them, or generate without --commit",
        )


def commit(folder: Path, paths: list[str], *, branch: str, message: str, push_to: str) -> bool:
    """Commit these paths on a branch of that name (empty: the current one); whether that is anything new.

    Nothing else of the work tree gets into the commit. With an address in `push_to` it goes there: the
    current branch never by force; a named one may replace there what an earlier run has pushed, and nothing
    that somebody else has committed on it (`Refused`). It is nothing new when the branch there has the same
    files.
    """
    with _opened(folder, push_to) as repo:
        if branch:
            _switch(repo, branch)
        literal = [f":(literal){path}" for path in paths]
        repo.check("add", "--all", "--", *literal)
        repo.check("commit", "--quiet", "--no-verify", "--message", message, "--", *literal)
        if not branch:
            if push_to:
                _push(repo, repo.check("symbolic-ref", "HEAD").strip().removeprefix("refs/heads/"))
            return True
        tree = repo.check("rev-parse", "HEAD^{tree}").strip()
        marked = f"{message}\n\n{TRAILER}: {tree}"
        repo.check("commit", "--quiet", "--no-verify", "--amend", "--message", marked)
        return _replace(repo, branch, tree, push_to) if push_to else True


@contextmanager
def _opened(folder: Path, origin: str = "") -> Iterator[Repository]:
    with git.repository(folder, origin=origin) as repo:
        if repo is None:
            raise failed("git-failed", f"git: not a git repository: {folder}")
        yield repo


def _switch(repo: Repository, branch: str) -> None:
    """Go to the branch, from where we are; `Refused` when it has commits that would be lost."""
    ref = addresses.head(branch)
    known = repo.run("rev-parse", "--verify", "--quiet", ref)
    if known.code == 0:
        inside = repo.run("merge-base", "--is-ancestor", known.out.strip(), "HEAD")
        if inside.code:
            raise refused(
                "branch-taken",
                f"the branch {branch} has commits that are not in the current one",
                hint="merge or delete it, or name another with --branch",
            )
    # The files stay as they are: the branch begins at the commit that they are of.
    repo.check("update-ref", ref, "HEAD")
    repo.check("symbolic-ref", "HEAD", ref)


def _replace(repo: Repository, branch: str, tree: str, address: str) -> bool:
    """Push HEAD in the place of what an earlier run left on the remote's branch; whether it differs."""
    ref = addresses.head(branch)
    listed = repo.run("ls-remote", "origin", ref, timeout=TIMEOUT)
    if listed.code:
        raise failed("repository-unreachable", f"git cannot read origin: {reason(listed)}")
    there = listed.out.split()[0] if listed.out.strip() else ""
    if there:
        theirs, body = _shown(address, ref)
        if theirs == tree:
            return False
        is_inside = repo.run("merge-base", "--is-ancestor", there, "HEAD").code == 0
        if not is_inside and body.strip().rpartition("\n")[2] != f"{TRAILER}: {theirs}":
            raise refused(
                "branch-taken",
                f"somebody else has committed to {branch}",
                hint="merge or delete it, or name another with --branch",
            )
    _push(repo, branch, f"--force-with-lease={ref}:{there}")
    return True


def _shown(address: str, ref: str) -> tuple[str, str]:
    """The tree and the message of a ref's commit elsewhere; nothing of it gets into the checkout."""
    with git.scratch(origin=address) as here:
        done = here.run("fetch", "--quiet", "--depth=1", "origin", ref, timeout=TIMEOUT)
        if done.code:
            raise failed("repository-unreachable", f"git cannot read origin: {reason(done)}")
        shown = here.check("rev-list", "--no-commit-header", "--max-count=1", "--format=%T %B", "FETCH_HEAD")
    theirs, _, body = shown.partition(" ")
    return theirs, body


def _push(repo: Repository, branch: str, *options: str) -> None:
    spec = f"HEAD:{addresses.head(branch)}"
    done = repo.run("push", "--quiet", "--no-verify", *options, "origin", spec, timeout=TIMEOUT)
    if done.code:
        raise failed("push-refused", f"git cannot push {branch}: {reason(done)}")
