"""A program that stays and answers: what it is told goes to its input, its answers are lines."""

from __future__ import annotations

import os
import re
import selectors
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from pipelinekit.adapters.running import endings, process

if TYPE_CHECKING:
    from typing import IO

_PIECE = 64 * 1024
_DEAF = "it takes nothing more"
_ENDED = re.compile(r"command terminated with exit code \d+")
_ALL = memoryview(b"")
_LEAVING = 2.0
"""Seconds that a program has to end once nothing more is told."""
STALLED = 30.0
"""Seconds in which it takes nothing of what it is told: kubectl goes on for ever where a program in a pod has
ended with something left on the way to it."""


class Gone(Exception):
    """No answer: the program has ended, or is ended for taking too long or saying too much."""

    def __init__(self, reason: str, *, over: bool = False) -> None:
        super().__init__(reason)
        self.over = over
        """Whether it was the program that ended."""


class Conversation:
    """One program from its beginning to `close`."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._program = process.begin(argv, env=env, asked=True)
        assert self._program.stdin  # noqa: S101 - for the types: asked for in the line above
        self._input: IO[bytes] = self._program.stdin
        os.set_blocking(self._input.fileno(), False)
        self._complaint = bytearray()

    def going(self) -> bool:
        """Whether it can be asked something: it has not ended."""
        return self._program.poll() is None and not self._input.closed

    def ask(self, told: Iterable[bytes], is_last: Callable[[bytes], bool], seconds: float) -> list[bytes]:
        """Tell it all of that, and take its lines up to the one that is the last of an answer.

        Raises `Gone` where that does not come, and the program is over then: what it has heard of the
        question nobody knows.
        """
        try:
            return self._exchanged(told, is_last, time.monotonic() + seconds)
        except BaseException:
            self._end()
            raise

    def close(self) -> None:
        """End it: it is told nothing more, and killed if that is not enough."""
        with suppress(OSError):
            self._input.close()
        endings.ended(self._program, _LEAVING)
        self._end()

    def _end(self) -> None:
        self._program.kill()
        self._program.wait()
        for each in (self._input, self._program.stdout, self._program.stderr):
            with suppress(OSError):
                each.close()  # type: ignore[union-attr]

    def _exchanged(
        self, told: Iterable[bytes], is_last: Callable[[bytes], bool], until: float
    ) -> list[bytes]:
        answer, pieces, rest = _Answer(is_last), filter(None, told), memoryview(b"")
        fed = time.monotonic()
        with selectors.DefaultSelector() as selector:
            for stream in (self._program.stdout, self._program.stderr):
                selector.register(stream, selectors.EVENT_READ)  # type: ignore[arg-type]
            selector.register(self._input, selectors.EVENT_WRITE)
            while self._input in _files(selector) or not answer.whole:
                waits = self._input in _files(selector)
                left = min(until, fed + STALLED if waits else until) - time.monotonic()
                if left <= 0:
                    raise Gone(self._said() or _DEAF if waits else "no answer in time")
                for key, _ in selector.select(left):
                    if key.fileobj is self._input:
                        fed = time.monotonic()
                        rest = self._fed(rest or memoryview(next(pieces, b"")))
                        if rest is _ALL:
                            selector.unregister(self._input)
                    elif key.fileobj is self._program.stdout:
                        if not answer.heard(os.read(key.fd, _PIECE)):
                            raise Gone(self._reason(), over=True)
                    elif not self._complained(os.read(key.fd, _PIECE)):
                        selector.unregister(key.fileobj)
        return answer.lines

    def _complained(self, piece: bytes) -> bool:
        self._complaint = (self._complaint + piece)[-_PIECE:]
        return bool(piece)

    def _fed(self, rest: memoryview) -> memoryview:
        """What is left of a piece; `_ALL` where there was none."""
        try:
            return rest[os.write(self._input.fileno(), rest[:_PIECE]) :] if rest else _ALL
        except BlockingIOError:
            return rest
        except BrokenPipeError:
            raise Gone(self._reason(), over=True) from None

    def _reason(self) -> str:
        """What it complained of at last."""
        endings.ended(self._program, _LEAVING)
        if self._program.stderr:
            os.set_blocking(self._program.stderr.fileno(), False)
            with suppress(OSError):
                self._complaint += os.read(self._program.stderr.fileno(), _PIECE)
        code = self._program.poll()
        return self._said() or (_DEAF if code is None else f"exit code {code}")

    def _said(self) -> str:
        lines = self._complaint.decode(errors="replace").splitlines()
        # Of a program in a pod kubectl says that it has ended: that hides why.
        told = "\n".join(each for each in lines if not _ENDED.fullmatch(each.strip())) or "\n".join(lines)
        return process.Completed(0, "", told).reason() if told.strip() else ""


class _Answer:
    """The lines of one answer, as far as they have come."""

    def __init__(self, is_last: Callable[[bytes], bool]) -> None:
        self.lines: list[bytes] = []
        self._is_last = is_last
        self._rest: list[bytes] = []
        self._size = 0
        self.whole = False

    def heard(self, piece: bytes) -> bool:
        self._size += len(piece)
        if self._size > process.MOST:
            raise Gone(f"an answer of more than {process.MOST >> 20} MiB")
        self._rest.append(piece)
        if b"\n" in piece:
            *lines, rest = b"".join(self._rest).split(b"\n")
            for line in lines:
                if self.whole:
                    raise Gone("more than an answer")
                self.lines.append(line)
                self.whole = self._is_last(line)
            self._rest = [rest]
        return bool(piece)


def _files(selector: selectors.BaseSelector) -> list[object]:
    return [each.fileobj for each in selector.get_map().values()]
