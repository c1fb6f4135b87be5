"""Helm begun ahead: it has done all that changes nothing, and waits where it reads its values.

To load Helm and to have it read a release's history takes as long as a small chart takes to be published. The
last of its files of values is a pipe that nobody has opened yet: what Helm does before it reads that file is
to look. When nobody ever opens the pipe Helm does nothing, and it ends with the one who has begun it.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from pipelinekit.adapters import momentary, process
from pipelinekit.adapters.programs import find

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


class Waiting:
    """A Helm that waits; `process` is attended by whoever lets it in."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(momentary.folder()))
        self._door = folder / NAME
        os.mkfifo(self._door, 0o600)
        self.since = time.monotonic()
        self.process = process.begin([*argv, "--values", str(self._door)], env=env)

    def let_in(self) -> bool:
        """Let it go on as soon as it is at the door; False for one that has waited too long, or has ended."""
        empty = self._door.with_suffix(".open")
        try:
            empty.write_text("")
            return self._opened(empty)
        except OSError:
            # Whatever is wrong with the folder: it must not come in once the pipe is closed.
            self.close()
            return False

    def _opened(self, empty: Path) -> bool:
        while self.process.poll() is None and time.monotonic() - self.since < OLD:
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
            return True
        return False

    def close(self) -> None:
        """End it if it is still there, and take its folder away."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        self._stack.close()
