"""Two who publish one version at the same moment: where tags can be moved, nobody says who came first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Sleep = Callable[[float], None]

LEAST, MOST = 0.1, 2.0
"""Seconds that are waited at least and at most."""
TIMES = 3
"""How much slower than we somebody else may be."""


@contextmanager
def settled(sleep: Sleep = time.sleep, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Take a version that was found free; after the block it can be read back.

    Whoever found it free at the same moment does what we do, and has taken it once that time has passed
    several times over.
    """
    began = clock()
    yield
    sleep(min(max(LEAST, TIMES * (clock() - began)), MOST))
