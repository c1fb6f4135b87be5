"""How programs end: told at once, and with the process that has begun them."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_PR_SET_PDEATHSIG = 1


def ended(process: subprocess.Popen[bytes], within: float | None) -> bool:
    """Whether a program ends within so many seconds."""
    from subprocess import TimeoutExpired

    # Python has it where its own builder had it: a Python for every Linux may lack it.
    if within is not None and hasattr(os, "pidfd_open") and process.poll() is None:
        from select import POLLIN, poll

        # `wait` with a bound looks twenty times a second; this is told at once.
        with contextlib.suppress(OSError), os.fdopen(os.pidfd_open(process.pid), "rb", 0) as end:
            told = poll()
            told.register(end, POLLIN)
            return bool(told.poll(within * 1000)) and process.wait() is not None
    try:
        process.wait(within)
    except TimeoutExpired:
        return False
    return True


def with_parent() -> Callable[[], None]:
    """What a new program does first, to be ended with the process that has begun it."""
    # Killed at any moment, we must not leave a helm behind that goes on changing a cluster. Loaded here, for
    # after the fork nothing may be.
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def settle() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        # Of a parent that died before this call nobody is told any more.
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return settle
