"""Git: the facts about a work tree, and the text merge that generation uses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.source import git
from pipelinekit.adapters.source.clone import content
from pipelinekit.errors import failed
from pipelinekit.reading.secretfiles import is_secret

if TYPE_CHECKING:
    from pipelinekit.adapters.source.git import Repository
    from pipelinekit.model.release import Revision

MAIN = "main"


def revision(folder: Path, *, name: str, messages: bool = False) -> Revision:
    """The facts about the work tree that `folder` is in; outside a repository only the content's id.

    `name` is the application's, for a monorepo's tags (`orders/v1.2.3`); `messages` asks for those of the
    commits since the tag. Nothing is written to the
    repository. Raises `ToolFailed` with git's reason.
    """
    with looked(folder) as found:
        return found.named(name, messages=messages)


@dataclass(frozen=True)
class Looked:
    """A work tree, looked at before anybody knows which application is asked for."""

    facts: Revision
    tags: tuple[str, ...] = ()
    repo: Repository | None = None

    def named(self, name: str, *, messages: bool = False) -> Revision:
        """The facts with the tag that counts for the application."""
        if self.repo is None or not self.facts.commit:
            return self.facts
        from pipelinekit.adapters.source.clone.tags import counted

        found = counted(self.repo, self.facts.commit, self.tags, name, messages=messages)
        return replace(
            self.facts,
            tag=found.tag,
            since=found.since,
            messages=found.messages,
            passed=found.passed,
            tagless=found.tagless,
        )


@contextmanager
def looked(folder: Path) -> Iterator[Looked]:
    """What `revision` says but for the tag, which is asked for within the block."""
    # Whoever only merges texts need not load what a release is made of.
    from pipelinekit.model.release import Revision

    with git.repository(folder) as repo:
        if repo is None or _is_ignored(repo):
            yield Looked(Revision(tree=content.outside(folder), dirty=True))
            return
        main_branch, tags = _refs(repo)
        head = repo.line(
            "rev-list", "--no-commit-header", "--max-count=1", "--format=%H %ct %T", "HEAD", "--"
        )
        commit, committed, tree = head.split() if head else ("", "0", "")
        if head and repo.prefix:
            tree = repo.line("rev-parse", "--quiet", "--verify", f"HEAD:{repo.prefix.rstrip('/')}")
        found_tree = content.tree(repo, tree)
        mine = found_tree if found_tree == tree else _with_keys(repo, found_tree)
        facts = Revision(
            tree=mine,
            dirty=not head or mine != tree,
            branch=_branch(repo),
            main_branch=main_branch,
            shallow=(repo.place.common / "shallow").exists(),
            folder=repo.prefix.rstrip("/") or ".",
            source=without_credentials(repo.origin),
            commit=commit,
            committed=int(committed),
        )
        yield Looked(facts, tags, repo)


def _with_keys(repo: Repository, tree: str) -> str:
    """The id of changed content, and of which keys in it git tracks: those alone get into an image."""
    kept = sorted(each for each in repo.check("ls-files", "-z", "--", ".").split("\0") if is_secret(each))
    return hashlib.sha256("\0".join((tree, *kept)).encode()).hexdigest() if kept else tree


def place(folder: Path) -> tuple[str, str]:
    """Where in its repository `folder` is (`.` at the top and outside of one), and the main branch's name."""
    with git.repository(folder) as repo:
        if repo is None or _is_ignored(repo):
            return ".", MAIN
        return repo.prefix.rstrip("/") or ".", _refs(repo)[0]


def without_credentials(address: str) -> str:
    """A git address without the user and password that an http address may carry."""
    return re.sub(r"^(https?://)[^/@]*@", r"\1", address)


def init(folder: Path) -> bool:
    """Make `folder` a repository with the branch `main` unless one has it already; whether it did.

    A repository around it that ignores it does not count: nothing in it could ever be committed there.
    """
    with git.repository(folder) as repo:
        if repo is not None and not _is_ignored(repo):
            return False
    with git.nowhere(folder) as here:
        here.check("init", "--quiet", "--initial-branch=main")
    return True


class MergeFile:
    """`git merge-file` as a text merge; needs no repository."""

    def merge(self, base: str, theirs: str, new: str) -> tuple[str, bool]:
        """The merged text, and whether it is free of conflicts."""
        with git.nowhere(plain=True) as here:
            names = []
            for name, text in (("yours", theirs), ("base", base), ("generated", new)):
                (here.folder / name).write_text(text, newline="")
                names.append(name)
            labels = ["-L", "yours", "-L", "last generated", "-L", "generated"]
            done = here.run("merge-file", "-p", *labels, *names)
        if done.code < 0 or done.code > 127:
            raise failed("merge-failed", f"git merge-file: {done.reason()}")
        return done.out, done.code == 0


def _is_ignored(repo: Repository) -> bool:
    return bool(repo.prefix) and repo.run("check-ignore", "--quiet", ".").code == 0


def _branch(repo: Repository) -> str:
    """The current branch, or nothing where HEAD is a commit."""
    ref = repo.place.head()
    # The other way to store refs keeps HEAD elsewhere, and says so.
    ref = repo.line("symbolic-ref", "--quiet", "HEAD") if ref == "refs/heads/.invalid" else ref
    return ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else ""


def _refs(repo: Repository) -> tuple[str, tuple[str, ...]]:
    """The name of the main branch, and all tags."""
    remote = "refs/remotes/origin/HEAD"
    patterns = [
        remote,
        *(f"{p}/{n}" for p in ("refs/heads", "refs/remotes/origin") for n in ("main", "master")),
    ]
    lines = repo.check("for-each-ref", "--format=%(refname) %(symref)", *patterns, "refs/tags").splitlines()
    refs = dict(line.split(" ", 1) for line in lines)
    tags = tuple(each.removeprefix("refs/tags/") for each in refs if each.startswith("refs/tags/"))
    if refs.get(remote):
        return refs[remote].removeprefix("refs/remotes/origin/"), tags
    branches = {each.rsplit("/", 1)[-1] for each in refs if not each.startswith("refs/tags/")}
    return ("master" if branches == {"master"} else "main"), tags


def repository_of(folder: Path) -> tuple[str, str] | None:
    """The remote of the repository that a folder is in, and the folder inside it; None without a remote."""
    with git.repository(folder) as repo:
        return (repo.origin, repo.prefix.rstrip("/") or ".") if repo and repo.origin else None
