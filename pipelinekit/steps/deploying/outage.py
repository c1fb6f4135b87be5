"""Looks at a cluster that fail, and whether another one is worth waiting for."""

from __future__ import annotations

from collections.abc import Callable

from pipelinekit.errors import Fault, ToolFailed
from pipelinekit.ports import REFUSED, SILENT

REFUSING = 10.0
"""Seconds after which a refusal is final: a server that is restarted has not read its rights at first."""


class Outage:
    """What a cluster says in place of an answer, and since when.

    One failed look must not end a wait: an API server that is restarted is back while Helm still waits. A
    silence is given all the time that there is, a refusal ten seconds, and whatever else fails none.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.faults: tuple[Fault, ...] = ()
        """What the last look failed with; empty where it was answered."""
        self._clock = clock
        self._refused: float | None = None

    def note(self, error: ToolFailed) -> None:
        """A look has failed."""
        self.faults = error.faults
        if error.faults[0].code not in REFUSED:
            self._refused = None
        elif self._refused is None:
            self._refused = self._clock()

    def end(self) -> None:
        """A look was answered."""
        self.faults, self._refused = (), None

    def is_final(self) -> bool:
        """Whether no later look is going to be answered, as far as anybody can tell."""
        if self._refused is not None:
            return self._clock() >= self._refused + REFUSING
        return bool(self.faults) and self.faults[0].code not in SILENT
