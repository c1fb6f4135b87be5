"""What only a terminal gets: a line at the bottom that says how long a verb has been at it, and how far."""

from __future__ import annotations

import os
import re
import threading
import time
from types import TracebackType
from typing import Self, TextIO

ANEW = "\r\033[K"
"""To the beginning of the line, and the line empty."""
EVERY = 1.0
"""Seconds between two drawings of a line in which nothing moves but the time."""
SOONEST = 0.1
"""Seconds between two drawings of a line in which a lot moves."""
_CONTROL = re.compile(
    "(?!\r\n)[\x00-\x08\x0b-\x1f\x7f-\x9f"  # terminals
    "\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"  # readers
)
_SEQUENCE = re.compile(r"\033(?:\[[0-?]*[ -/]*[@-~]|\][^\a\033]*(?:\a|\033\\)|[ -/]*[0-~])")


def plain(line: str) -> str:
    """A tool's line as it stands on paper: no colours, and of a line that was drawn over the last state."""
    drawn = [part for part in _SEQUENCE.sub("", line).split("\r") if part.strip()]
    return "".join(each for each in (drawn[-1] if drawn else "") if each.isprintable() or each == "\t")


def harmless(text: str) -> str:
    """Text of which every line stands as it is written: what moves a cursor or changes a colour is left out.

    A tab is a space: no line of somebody's can look like two, or like one of ours.
    """
    return "\n".join(
        "".join(each if each.isprintable() else " " for each in _SEQUENCE.sub("", line))
        for line in text.split("\n")
    )


def visible(text: str) -> str:
    """A file's text with what a terminal would obey written out; line ends and tabs stay."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


class Footer:
    """One line below everything that is said, drawn anew as time goes by; gone when the block ends."""

    def __init__(self, what: str, stream: TextIO) -> None:
        self._what = what
        self._stream = stream
        self._moving = ""
        self._began = self._drawn = time.monotonic()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        with self._lock:
            self._draw()
        self._clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._clock.join()
        self._put(ANEW)

    def move(self, text: str) -> None:
        """Say how far it has got; what is said too soon after is shown a little later."""
        with self._lock:
            self._moving = plain(text)
            if time.monotonic() - self._drawn >= SOONEST:
                self._draw()

    def above(self, text: str) -> None:
        """Write whole lines that stay."""
        with self._lock:
            self._put(f"{ANEW}{text}")
            self._draw()

    def _tick(self) -> None:
        while not self._over.wait(EVERY):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        minutes, seconds = divmod(int(self._drawn - self._began), 60)
        line = f"  {self._what} {minutes}:{seconds:02}  {self._moving}".rstrip()
        # A line that reaches the edge may go on in the next one, which would not be drawn over.
        self._put(f"{ANEW}{line[: self._columns() - 1]}")

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or 80
        except OSError:
            return 80

    def _put(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
