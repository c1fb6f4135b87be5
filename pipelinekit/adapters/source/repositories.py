"""Git repositories elsewhere: the head of a branch, and single files of it."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.adapters.disk.regular import DOCUMENT
from pipelinekit.adapters.running import process
from pipelinekit.adapters.source import addresses, git
from pipelinekit.adapters.source.git import MEMORY, TIMEOUT, Git
from pipelinekit.adapters.source.worktree import without_credentials
from pipelinekit.errors import ToolFailed, failed

QUESTION = 10
"""Seconds for a question in passing, whose answer is not needed to go on."""


class RemoteRepositories:
    """Repositories as this machine's git reaches them; nothing ever waits for a password."""

    def head(self, repository: str, branch: str) -> str:
        """The branch's newest commit; raises `ToolFailed` when there is no such repository or branch."""
        shown = without_credentials(repository)
        ref = addresses.head(branch)
        with git.nowhere() as here:
            done = here.run("ls-remote", "--", addresses.address(repository), ref, timeout=TIMEOUT)
        if done.code:
            raise _unreachable("read", shown, reason(done))
        if not done.out.strip():
            raise failed("branch-missing", f"{shown} has no branch '{branch}'", hint="check the registration")
        return done.out.split()[0]

    def tag(self, repository: str, name: str) -> str:
        """The commit that a tag names; empty when there is no such tag. Raises `ToolFailed` like `head`."""
        ref = f"refs/tags/{name}"
        with git.nowhere() as here:
            done = here.run(
                "ls-remote", "--", addresses.address(repository), ref, f"{ref}^{{}}", timeout=QUESTION
            )
        if done.code:
            raise _unreachable("read", without_credentials(repository), reason(done))
        # An annotated tag is an object of its own: the commit is what it is peeled to.
        lines = (line.partition("\t") for line in done.out.splitlines())
        found = {name: commit for commit, _, name in lines}
        return found.get(f"{ref}^{{}}") or found.get(ref, "")

    def read(self, repository: str, branch: str, commit: str, path: str) -> str:
        """A file's text at that commit of the branch; raises `ToolFailed` when it is not there."""
        # Without contents first: where the server can, only the file that is asked for is transferred.
        # Plain ssh speaks the older protocol, in which nobody may ask for a single file.
        for options in (["--filter=blob:none"], []):
            with git.scratch(origin=repository) as here:
                _fetch(here, repository, branch, commit, options)
                if not here.check("ls-tree", commit, "--", path).strip():
                    break
                shown = here.run(
                    "cat-file", "blob", f"{commit}:{path}", timeout=TIMEOUT, most=DOCUMENT, memory=MEMORY
                )
                if shown.code == 0:
                    return shown.out
        raise failed(
            "descriptor-missing",
            f"{without_credentials(repository)} has no {path} at {commit[:10]}",
            hint=f"is {path} committed on {branch}? The registration's path names its folder",
        )


def remote_tags(folder: Path) -> dict[str, str]:
    """The tags of the work tree's `origin`, each with the commit that it is on.

    Nothing is asked where there is no `origin`. Raises `ToolFailed` when it does not answer in ten seconds.
    """
    with git.repository(folder) as repo:
        if repo is None or not repo.origin:
            return {}
        address = repo.origin
        if addresses.is_path(address):
            address = str(repo.place.top / address)
    # An address that holds a password is no argument.
    with git.scratch(origin=address) as here:
        done = here.run("ls-remote", "--tags", "origin", timeout=QUESTION)
    if done.code:
        raise _unreachable("read", without_credentials(address), reason(done))
    found: dict[str, str] = {}
    for line in done.out.splitlines():
        commit, _, ref = line.partition("\t")
        # A tag with a message comes twice; the later line names its commit.
        found[ref.removeprefix("refs/tags/").removesuffix("^{}")] = commit
    return found


def _fetch(here: Git, repository: str, branch: str, commit: str, options: list[str]) -> None:
    """Fetch the branch's head into a new repository; raises `ToolFailed` unless that is `commit`."""
    shown = without_credentials(repository)
    ref = addresses.head(branch)
    fetch = ["fetch", "--quiet", "--depth", "1", *options, "origin", ref]
    done = here.run(*fetch, timeout=TIMEOUT, memory=MEMORY)
    if done.code:
        raise _unreachable("fetch", shown, reason(done))
    if here.check("rev-parse", "FETCH_HEAD").strip() != commit:
        raise failed("branch-moved", f"{shown} moved while it was read", hint="run it again")


def reason(done: process.Completed) -> str:
    """Why an exchange failed: what ssh said, where git only says that it cannot read."""
    told = done.reason()
    if told != "fatal: Could not read from remote repository.":
        return told
    lines = [line.strip() for line in done.err.splitlines() if line.strip()]
    before = lines[: lines.index(told)] if told in lines else []
    return before[-1] if before else told


def _unreachable(deed: str, shown: str, why: str) -> ToolFailed:
    hint = "is the address right, and may this account read it?"
    return failed("repository-unreachable", f"git cannot {deed} {shown}: {why}", hint=hint)
