"""What is away for a while: an engine, a registry, a cluster. It is waited for, and no file has to change."""

from __future__ import annotations

import time
from collections.abc import Callable

from pipelinekit.errors import PipelinekitError
from pipelinekit.ports.releases import SILENT

FIRST, LONGEST = 2.0, 30.0
"""Seconds after which it is tried again: at first, and at most."""
CODES = SILENT | {
    "cluster-silent",
    "engine-lost",
    "engine-missing",
    "push-failed",
    "registry-failed",
    "registry-unreachable",
}
"""The codes of what may answer again without anybody changing a file."""
WAITED = "it is tried again until that answers, and at once with a change"


class Away:
    """When to try again by itself what has failed because something was away."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.due = 0.0
        """The moment of the next try; 0 where none is due."""
        self._clock, self._wait = clock, FIRST

    def note(self, error: PipelinekitError) -> bool:
        """A try has failed; whether another is due although nobody changes anything."""
        if CODES.isdisjoint(each.code for each in error.faults):
            self.end()
            return False
        self.due = self._clock() + self._wait
        self._wait = min(2 * self._wait, LONGEST)
        return True

    def end(self) -> None:
        """A try came to something else."""
        self.due, self._wait = 0.0, FIRST

    def over(self) -> bool:
        """Whether the next try is due."""
        return 0 < self.due <= self._clock()
