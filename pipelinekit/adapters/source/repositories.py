"""Git repositories elsewhere: the head of a branch, and single files of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pipelinekit.adapters import process
from pipelinekit.adapters.regular import DOCUMENT
from pipelinekit.adapters.source.worktree import without_credentials
from pipelinekit.errors import failed

TIMEOUT = 120
"""Seconds for one exchange with a repository."""
MEMORY = 192 * 1024 * 1024
"""Bytes that git may have while it takes a text out of a stranger's objects: a small pack holds huge ones."""


class RemoteRepositories:
    """Repositories as this machine's git reaches them; nothing ever waits for a password."""

    def head(self, repository: str, branch: str) -> str:
        """The branch's newest commit; raises `ToolFailed` when there is no such repository or branch."""
        shown = without_credentials(repository)
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
                    ["git", "show", f"{commit}:{path}"],
                    cwd=folder,
                    env=unattended(),
                    timeout=TIMEOUT,
                    most=DOCUMENT,
                    memory=MEMORY,
                )
                if shown.code == 0:
                    return shown.out
        raise failed(
            "descriptor-missing",
            f"{without_credentials(repository)} has no {path} at {commit[:10]}",
            hint=f"is {path} committed on {branch}? The registration's path names its folder",
        )


def _fetch(folder: Path, repository: str, branch: str, commit: str, options: list[str]) -> None:
    """Fetch the branch's head into a new repository; raises `ToolFailed` unless that is `commit`."""
    shown = without_credentials(repository)
    process.check(["git", "init", "--quiet"], cwd=folder)
    process.check(["git", "remote", "add", "origin", repository], cwd=folder)
    fetch = ["git", "fetch", "--quiet", "--depth", "1", *options, "origin", branch]
    done = process.run(fetch, cwd=folder, env=unattended(), timeout=TIMEOUT, memory=MEMORY)
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
