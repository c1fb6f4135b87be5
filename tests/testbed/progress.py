"""What the command line says while it works: one line a step, with the seconds since the start."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_STILL = 30.0  # seconds after which a silent step says that it is still at it


@dataclass(frozen=True)
class Progress:
    """Lines on `out`; safe to use from several threads."""

    out: TextIO = field(default_factory=lambda: sys.stderr)
    begun: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        self.out.write(f"[{time.monotonic() - self.begun:6.1f} s] {text}\n")
        self.out.flush()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Says when `name` begins, now and then that it goes on, and how long it took."""
        self.say(f"{name} …")
        begun = time.monotonic()
        over = threading.Event()

        def remind() -> None:
            while not over.wait(_STILL):
                self.say(f"{name}: still at it after {time.monotonic() - begun:.0f} s")

        reminder = threading.Thread(target=remind, daemon=True)
        reminder.start()
        try:
            yield
        finally:
            over.set()
            reminder.join()
        self.say(f"{name}: {time.monotonic() - begun:.1f} s")
