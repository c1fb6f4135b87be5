"""Helm begun ahead: it has done all that changes nothing, and waits where it reads its values.

To load Helm and to have it read a release's history takes as long as a small image takes to be pushed. The
first of its files of values is a pipe that nobody has opened yet: what Helm does before it reads that file is
to look. It loads the chart and reads the other files only then, so that they may be made meanwhile. When
nobody ever opens the pipe Helm does nothing, and it ends with the one who has begun it.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from pipelinekit.adapters.cluster.charts.linting import values_of
from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.disk.files import write_atomic
from pipelinekit.adapters.running import process
from pipelinekit.adapters.running.programs import find
from pipelinekit.errors import PipelinekitError

NAME = "door.yaml"
OLD = 20.0
"""Seconds for which what Helm has looked at, and been told of the time, is good enough."""
_LOOK = 0.002


def is_sure() -> bool:
    """Whether a Helm that waits ends with us: Linux tells it, unless it is a script around another one."""
    if sys.platform != "linux":
        return False
    with Path(find("helm")).open("rb") as program:
        return program.read(4) == b"\x7fELF"


Words = Callable[[Path, Sequence[str]], Sequence[str]]
"""A command line of Helm's, of the place of a chart and the words that give it its values."""


class Doors:
    """The Helms that wait, by what they were begun for."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, Waiting] = {}

    @contextmanager
    def waiting(
        self, what: Hashable, words: Words, archive: Path, layers: int, env: Mapping[str, str]
    ) -> Iterator[None]:
        """Within the block one waits for so many texts of values, and for an archive."""
        if not is_sure():
            yield
            return
        with closing(Waiting(words, archive, layers, env)) as begun:
            self._waiting[what] = begun
            try:
                yield
            finally:
                if self._waiting.get(what) is begun:
                    del self._waiting[what]

    def waits(self, what: Hashable) -> bool:
        """Whether one waits that can still be let in."""
        return what in self._waiting and self._waiting[what].fresh

    def let_in(self, what: Hashable, archive: Path, values: Sequence[str]) -> Waiting | None:
        """The one that waited, and goes on with that archive and those values; None where there is none."""
        waiting = self._waiting.pop(what, None)
        if waiting is None or waiting.let_in(archive, values):
            return waiting
        waiting.close()
        return None


class Waiting:
    """A Helm that waits, and is `attended` by whoever lets it in."""

    def __init__(self, words: Words, archive: Path, layers: int, env: Mapping[str, str]) -> None:
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(momentary.folder()))
        self._door = folder / NAME
        os.mkfifo(self._door, 0o600)
        self._files = [folder / f"values-{number}.yaml" for number in range(layers)]
        self._chart = archive if archive.is_dir() else folder / archive.name
        if self._chart != archive:
            # Before it reads its values Helm asks only whether there is something.
            self._chart.touch(0o600)
        self._is_read = False
        self.since = time.monotonic()
        argv = words(self._chart, values_of([self._door, *self._files]))
        self.process = process.begin(argv, env=env)

    @property
    def fresh(self) -> bool:
        """Whether it is there, and what it has looked at is good enough."""
        return self.process.poll() is None and time.monotonic() - self.since < OLD

    def let_in(self, archive: Path, values: Sequence[str]) -> bool:
        """Let it go on as soon as it is at the door; False for one that has waited too long, or has ended."""
        empty = self._door.with_suffix(".open")
        try:
            if self._chart != archive:
                write_atomic(self._chart, archive.read_bytes())
            for file, text in zip(self._files, values, strict=True):
                write_atomic(file, text, mode=0o600)
            empty.write_text("")
            return self._opened(empty)
        except (OSError, PipelinekitError):
            # Whatever is wrong with the folder: it must not come in once the pipe is closed.
            self.close()
            return False

    def _opened(self, empty: Path) -> bool:
        while self.fresh:
            try:
                # Without a reader this fails at once, where it would wait for ever.
                handle = os.open(self._door, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                time.sleep(_LOOK)
                continue
            # Should it read its values once more, it finds the door open.
            try:
                empty.replace(self._door)
            except OSError:
                self.process.kill()
                raise
            finally:
                os.close(handle)
            self._is_read = True
            return True
        return False

    def attended(
        self,
        *,
        tick: Callable[[], bool] | None = None,
        first: float = 0.0,
        timeout: float | None = None,
    ) -> process.Completed:
        """What became of it, once it is in; the values that it was given are gone with it, and not later."""
        try:
            return process.attend(self.process, tick=tick, first=first, timeout=timeout, tool="helm")
        finally:
            self.close()

    def close(self) -> None:
        """End it if it is still there, and take its folder away."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        # Those of one that was let in are closed by who reads them: a login's program that Helm has begun may
        # have them still, and to close them here would be to wait for that one.
        for stream in (self.process.stdout, self.process.stderr):
            if stream and not self._is_read:
                stream.close()
        self._stack.close()
