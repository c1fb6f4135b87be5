"""Git repositories elsewhere: the head of a branch, and single files of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pipelinekit.adapters import process
from pipelinekit.adapters.plainhttp import require_secure
from pipelinekit.adapters.source.worktree import without_credentials
from pipelinekit.errors import failed

TIMEOUT = 120
"""Seconds for one exchange with a repository."""
QUESTION = 10
"""Seconds for a question in passing, whose answer is not needed to go on."""
PROTOCOLS = "file:git:http:https:ssh"


TAG_TIMEOUT = 10
"""The same for a question that nothing depends on."""


class RemoteRepositories:
    """Repositories as this machine's git reaches them; nothing ever waits for a password."""

    def head(self, repository: str, branch: str) -> str:
        """The branch's newest commit; raises `ToolFailed` when there is no such repository or branch."""
        shown = without_credentials(repository)
        require_secure(repository)
        done = process.run(
            ["git", "ls-remote", "--", repository, f"refs/heads/{branch}"], env=unattended(), timeout=TIMEOUT
        )
        if done.code:
            raise failed(
                "repository-unreachable",
                f"git cannot read {shown}: {reason(done)}",
                hint="is the address right, and may this account read it?",
            )
        if not done.out.strip():
            raise failed("branch-missing", f"{shown} has no branch '{branch}'", hint="check the registration")
        return done.out.split()[0]

    def tag(self, repository: str, name: str) -> str:
        """The commit that a tag names; empty when there is no such tag. Raises `ToolFailed` like `head`."""
        ref = f"refs/tags/{name}"
        done = process.run(
            ["git", "ls-remote", "--", repository, ref, f"{ref}^{{}}"], env=unattended(), timeout=TAG_TIMEOUT
        )
        if done.code:
            raise failed(
                "repository-unreachable",
                f"git cannot read {without_credentials(repository)}: {reason(done)}",
                hint="is the address right, and may this account read it?",
            )
        # An annotated tag is an object of its own: the commit is what it is peeled to.
        lines = (line.partition("\t") for line in done.out.splitlines())
        found = {name: commit for commit, _, name in lines}
        return found.get(f"{ref}^{{}}") or found.get(ref, "")

    def read(self, repository: str, branch: str, commit: str, path: str) -> str:
        """A file's text at that commit of the branch; raises `ToolFailed` when it is not there."""
        # Without contents first: where the server can, only the file that is asked for is transferred.
        # Plain ssh speaks the older protocol, in which nobody may ask for a single file.
        for options in (["--filter=blob:none"], []):
            with tempfile.TemporaryDirectory(prefix="pipelinekit-") as scratch:
                folder = Path(scratch)
                _fetch(folder, repository, branch, commit, options)
                if not process.check(["git", "ls-tree", commit, "--", path], cwd=folder).strip():
                    break
                shown = process.run(
                    ["git", "show", f"{commit}:{path}"], cwd=folder, env=unattended(), timeout=TIMEOUT
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
    address = process.run(["git", "config", "--get", "remote.origin.url"], cwd=folder).out.strip()
    if not address:
        return {}
    if "://" not in address and ":" not in address.split("/")[0]:
        top = process.check(["git", "rev-parse", "--show-toplevel"], cwd=folder).strip()
        address = str(Path(top, address))
    # Away from the repository, whose own configuration is a stranger's; and an address that holds a password
    # is no argument.
    given = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "remote.asked.url",
        "GIT_CONFIG_VALUE_0": address,
        "GIT_ALLOW_PROTOCOL": PROTOCOLS,
    }
    with tempfile.TemporaryDirectory(prefix="pipelinekit-") as scratch:
        done = process.run(
            ["git", "ls-remote", "--tags", "asked"],
            cwd=Path(scratch),
            env={**unattended(), **given},
            timeout=QUESTION,
        )
    if done.code:
        raise failed(
            "repository-unreachable", f"git cannot read {without_credentials(address)}: {reason(done)}"
        )
    found: dict[str, str] = {}
    for line in done.out.splitlines():
        commit, _, ref = line.partition("\t")
        # A tag with a message comes twice; the later line names its commit.
        found[ref.removeprefix("refs/tags/").removesuffix("^{}")] = commit
    return found


def _fetch(folder: Path, repository: str, branch: str, commit: str, options: list[str]) -> None:
    """Fetch the branch's head into a new repository; raises `ToolFailed` unless that is `commit`."""
    shown = without_credentials(repository)
    require_secure(repository)
    process.check(["git", "init", "--quiet"], cwd=folder)
    process.check(["git", "remote", "add", "origin", repository], cwd=folder)
    fetch = ["git", "fetch", "--quiet", "--depth", "1", *options, "origin", branch]
    done = process.run(fetch, cwd=folder, env=unattended(), timeout=TIMEOUT)
    if done.code:
        raise failed("repository-unreachable", f"git cannot fetch {shown}: {reason(done)}")
    if process.check(["git", "rev-parse", "FETCH_HEAD"], cwd=folder).strip() != commit:
        raise failed("branch-moved", f"{shown} moved while it was read", hint="run it again")


def reason(done: process.Completed) -> str:
    """Why an exchange failed: what ssh said, where git only says that it cannot read."""
    told = done.reason()
    if told != "fatal: Could not read from remote repository.":
        return told
    lines = [line.strip() for line in done.err.splitlines() if line.strip()]
    before = lines[: lines.index(told)] if told in lines else []
    return before[-1] if before else told


def unattended() -> dict[str, str]:
    """An environment in which git and ssh fail instead of asking."""
    ssh = os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
    return {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": ssh}
