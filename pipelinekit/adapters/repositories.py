"""Git repositories elsewhere: the head of a branch, and single files of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pipelinekit.adapters import process
from pipelinekit.adapters.git import without_credentials
from pipelinekit.errors import failed

TIMEOUT = 120
"""Seconds for one exchange with a repository."""


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
                f"git cannot read {shown}: {done.reason()}",
                hint="is the address right, and may this account read it?",
            )
        if not done.out.strip():
            raise failed("branch-missing", f"{shown} has no branch '{branch}'", hint="check the registration")
        return done.out.split()[0]

    def read(self, repository: str, branch: str, commit: str, path: str) -> str:
        """A file's text at that commit of the branch; raises `ToolFailed` when it is not there."""
        shown = without_credentials(repository)
        with tempfile.TemporaryDirectory(prefix="pipelinekit-") as scratch:
            folder = Path(scratch)
            process.check(["git", "init", "--quiet"], cwd=folder)
            process.check(["git", "remote", "add", "origin", repository], cwd=folder)
            # Without contents: only that of the file that is asked for is transferred, where the server can.
            fetch = ["git", "fetch", "--quiet", "--depth", "1", "--filter=blob:none", "origin", branch]
            done = process.run(fetch, cwd=folder, env=unattended(), timeout=TIMEOUT)
            if done.code:
                raise failed("repository-unreachable", f"git cannot fetch {shown}: {done.reason()}")
            if process.check(["git", "rev-parse", "FETCH_HEAD"], cwd=folder).strip() != commit:
                raise failed("branch-moved", f"{shown} moved while it was read", hint="run it again")
            shown_file = process.run(
                ["git", "show", f"{commit}:{path}"], cwd=folder, env=unattended(), timeout=TIMEOUT
            )
            if shown_file.code:
                raise failed(
                    "descriptor-missing",
                    f"{shown} has no {path} at {commit[:10]}",
                    hint=f"is {path} committed on {branch}? The registration's path names its folder",
                )
            return shown_file.out


def unattended() -> dict[str, str]:
    """An environment in which git and ssh fail instead of asking."""
    ssh = os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
    return {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": ssh}
