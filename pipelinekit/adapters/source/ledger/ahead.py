"""What can be asked before something is told, asked beside other work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Thread

from pipelinekit.adapters.source.git import Git
from pipelinekit.adapters.source.ledger.remote import Remote, read_commits
from pipelinekit.errors import PipelinekitError
from pipelinekit.plan.ledger.commit import Commit

RECENT = 100
"""So many of the newest commits are read where nothing is judged."""
_PATIENCE = 5.0


class Ahead:
    """A branch that is fetched in a thread; `taken` waits for it."""

    def __init__(self, remote: Remote, branch: str, prepare: Callable[[], object]) -> None:
        self.branch = branch
        self._remote, self._prepare = remote, prepare
        self._stack = ExitStack()
        self._found: tuple[Git, str, tuple[Commit, ...]] | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def taken(self) -> tuple[Git, str, tuple[Commit, ...]] | None:
        """git with the branch fetched, its head and its newest commits; None where that went wrong."""
        self._thread.join()
        return self._found

    def close(self) -> None:
        """Give back what it has; a server that does not answer is not waited for."""
        self._thread.join(_PATIENCE)
        if not self._thread.is_alive():
            self._stack.close()

    def _run(self) -> None:
        # Whoever tells asks again, and hears then why it cannot.
        try:
            here = self._stack.enter_context(self._remote.opened())
            self._prepare()
            self._found = (here, *recent(self._remote, here, self.branch))
        except (PipelinekitError, OSError):
            self._found = None


def recent(remote: Remote, here: Git, branch: str) -> tuple[str, tuple[Commit, ...]]:
    """A branch's head and its newest commits."""
    head = remote.fetch(here, [branch], f"--depth={RECENT}").get(branch, "")
    return head, read_commits(here, head)
