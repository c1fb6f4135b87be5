"""What can be asked before something is told, asked beside other work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Thread

from pipelinekit.adapters.source.git import Git
from pipelinekit.adapters.source.ledger.remote import Remote, read_commits
from pipelinekit.errors import PipelinekitError
from pipelinekit.plan.ledger.commit import Commit
from pipelinekit.plan.ledger.judge import Revocation

RECENT = 100
"""So many of the newest commits are read where nothing is judged."""
_PATIENCE = 5.0


Found = tuple[Git, str, tuple[Commit, ...], tuple[Revocation, ...]]
"""git with a branch fetched, its head, its newest commits, and the keys that count no more."""


class Ahead:
    """A branch that is fetched in a thread once `first` has returned, and what `revoked` asks; `taken` waits
    for all."""

    def __init__(
        self,
        remote: Remote,
        branch: str,
        revoked: Callable[[Git], tuple[Revocation, ...]],
        first: Callable[[], object],
    ) -> None:
        self.branch = branch
        self._remote, self._revoked, self._first = remote, revoked, first
        self._stack = ExitStack()
        self._found: Found | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def taken(self) -> Found | None:
        """What was found; None where that went wrong."""
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
            self._first()
            here = self._stack.enter_context(self._remote.opened())
            self._found = (here, *recent(self._remote, here, self.branch), self._revoked(here))
        except (PipelinekitError, OSError):
            self._found = None


def recent(remote: Remote, here: Git, branch: str) -> tuple[str, tuple[Commit, ...]]:
    """A branch's head and its newest commits."""
    head = remote.fetch(here, [branch], newest=RECENT).get(branch, "")
    return head, read_commits(here, head, newest=RECENT)
