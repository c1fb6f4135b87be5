"""The ledger: what releases went through, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.ledger import Event, History, Writer


class Ledger(Protocol):
    """One branch an application and one for the platform; each a chain of events."""

    def branches(self) -> tuple[str, ...]:
        """Those that are there, in order; raises `Refused` (`UNREACHABLE`) when nobody answers."""
        ...

    def history(self, branch: str) -> History:
        """What stands on a branch now, judged: what does not count has its trouble.

        A branch that is not there is empty. Raises `Refused` (`UNREACHABLE`) when nobody answers.
        """
        ...

    def append(self, branch: str, events: Sequence[Event], *, after: str) -> History:
        """Add events after the commit `after` (empty: the branch is not there yet); the history then.

        All or none, and they are kept when this returns. Raises `Refused`: `MOVED` when `after` is not the
        head any more and nothing was written (read again, judge again); `UNREACHABLE` when nobody answers;
        otherwise when this writer may not write them.
        """
        ...

    def writer(self) -> Writer:
        """Who `append` writes as; raises `Refused` when that is nobody whom the platform knows."""
        ...


class Journal(Protocol):
    """Where a verb of the line says what it did."""

    def note(self, events: Sequence[Event]) -> int:
        """Add those events, all of one branch, that it does not tell yet; how many were added.

        Nothing is judged; somebody who is quicker is waited for. Raises `Refused` like `Ledger.append`.
        """
        ...
