"""Builds of a controller, those that wait for one, and what they do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Build:
    """One build. Its console grows piece by piece; `raw` is Jenkins' own count, which is no length."""

    number: int
    queue_id: int
    pieces: list[tuple[int, str]] = field(default_factory=list)
    """Where each piece begins in Jenkins' count, and its text."""
    raw: int = 0
    building: bool = True
    result: str | None = None
    description: str | None = None
    duration: int = 0
    timestamp: int = field(default_factory=lambda: int(time.time() * 1000))
    parameters: dict[str, str] = field(default_factory=dict)

    def write(self, text: str, raw: int | None = None) -> None:
        """Add to the console; `raw` is the count after it, a little more than the text unless it is given."""
        self.pieces.append((self.raw, text))
        self.raw = raw if raw is not None else self.raw + len(text.encode()) + 100

    def finish(self, result: str) -> None:
        """End the build."""
        self.building, self.result = False, result
        self.duration = max(1, int(time.time() * 1000) - self.timestamp)

    def since(self, start: int) -> str:
        """The console from Jenkins' count `start`; past the end it begins again."""
        begin = 0 if start > self.raw else start
        return "".join(text for at, text in self.pieces if at >= begin)


@dataclass
class Waiting:
    """An item of the queue; it becomes a build when `starts` says so."""

    id: int
    path: str
    why: str = ""
    blocked: bool = False
    left: bool = False
    cancelled: bool = False
    build: int | None = None
    causes: int = 1
    since: int = field(default_factory=lambda: int(time.time() * 1000))
    parameters: dict[str, str] = field(default_factory=dict)
    polls: int = 0


Script = Callable[[Build], Iterator[float]]
"""What a build does: it writes to the build, and yields how many seconds pass; at its end it has a result."""


def well(build: Build) -> Iterator[float]:
    """A build that does what it should."""
    build.write("Started by user unknown or anonymous\r\n[Pipeline] Start of Pipeline\r\n")
    yield 0.0
    build.write("[Pipeline] End of Pipeline\r\nFinished: SUCCESS\r\n")
    build.finish("SUCCESS")


def taking(seconds: float) -> Script:
    """Builds that do what they should, in their time."""

    def script(build: Build) -> Iterator[float]:
        yield seconds
        yield from well(build)

    return script
