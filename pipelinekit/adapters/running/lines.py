"""The lines that a program writes, taken as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

MOST = 16 * 1024 * 1024
"""Characters that are kept of one stream."""
PIECE = 64 * 1024


class Collector:
    """Reads a stream to its end in a thread of its own, so that neither pipe can fill up.

    Of one that never ends the last part is kept; a line without end counts as several.
    """

    def __init__(self, stream: object, line: Callable[[str], None] | None) -> None:
        self.stream: object = stream
        self.lines: deque[str] = deque()
        self.kept = 0
        self.line = line
        from threading import Thread

        self.thread = Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        while raw := self.stream.readline(PIECE):  # type: ignore[attr-defined]
            text = raw.decode(errors="replace")
            self.lines.append(text)
            self.kept += len(text)
            while self.kept > MOST:
                self.kept -= len(self.lines.popleft())
            if self.line:
                self.line(text.rstrip("\n"))
        self.stream.close()  # type: ignore[attr-defined]

    def text(self) -> str:
        self.thread.join()
        return "".join(self.lines)
