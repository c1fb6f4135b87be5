"""What is said while somebody at the other end of a line does not answer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

SILENT = 2.0
"""Seconds after which whoever waits is told for whom."""


def _nobody(line: str) -> None:
    del line


tell: Callable[[str], None] = _nobody
"""Who is told; a command line that has somebody to tell sets it once, when it begins."""


@contextlib.contextmanager
def for_answer(of: str) -> Iterator[None]:
    """Say once that `of` has not answered, where that takes longer than a moment."""
    if tell is _nobody:
        yield
        return
    timer = threading.Timer(SILENT, lambda: tell(f"waiting for {of}"))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
