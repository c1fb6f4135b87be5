"""A ledger as it is at one moment, for a plan of many: what concerns all of them is asked for once."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit.model.ledger import Event, History, Writer
from pipelinekit.ports import Ledger


class Still:
    """A `Ledger` that is read only, and each branch of it once; one that is not there is not asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._branches: tuple[str, ...] | None = None
        self._read: dict[str, History] = {}

    def branches(self) -> tuple[str, ...]:
        """Those that are there, in order."""
        if self._branches is None:
            self._branches = self._ledger.branches()
        return self._branches

    def history(self, branch: str) -> History:
        """What stood on a branch when it was first asked for."""
        if branch not in self._read:
            there = branch in self.branches()
            self._read[branch] = self._ledger.history(branch) if there else History()
        return self._read[branch]

    def append(self, branch: str, events: Sequence[Event], *, after: str) -> History:
        """Nothing: a plan says nothing of itself."""
        raise NotImplementedError

    def writer(self) -> Writer:
        """Who the ledger itself would write as."""
        return self._ledger.writer()
