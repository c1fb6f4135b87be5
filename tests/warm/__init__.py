"""The command line to its end, from a process that has everything loaded: `run`.

A verb costs a third of a second of a core before it does anything, and the tests call thousands. So each
process of tests keeps one that has all modules loaded and does nothing else; each call is a fork of it, with
arguments, folder, environment and standard streams of its own, and lives and ends as any other process does.
Where an environment says what only the start of Python heeds, the program is started as people start it. What
loads when, how long that takes and how much memory it needs is for tests that start the program themselves.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

PROGRAM = str(Path(sys.executable).parent / "pipelinekit")
HEEDED = ("PYTHON", "LC_", "LANG", "LD_", "TZ", "MALLOC_")
"""How the names of variables begin that count at the start of a process and never again."""


class _Keeper:
    """The process that is forked; it begins with the first call, and ends with this process."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._asks: socket.socket | None = None

    def fork(self, told: Mapping[str, object], streams: Sequence[IO[bytes]]) -> tuple[int, socket.socket]:
        """A new process, by its id, and what its exit code will be read from."""
        ours, theirs = socket.socketpair()
        with ExitStack() as failing:
            failing.enter_context(ours)
            with theirs, self._asking:
                fds = [theirs.fileno(), *(each.fileno() for each in streams)]
                socket.send_fds(self._open(), [b"."], fds)
            ours.sendall(json.dumps(told).encode())
            ours.shutdown(socket.SHUT_WR)
            pid = _number(ours)
            failing.pop_all()
        return pid, ours

    def _open(self) -> socket.socket:
        if self._asks is None:
            ours, theirs = socket.socketpair()
            with theirs:
                process = subprocess.Popen(
                    [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
                    cwd=Path(__file__).parents[2],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                )
            self._asks = ours
            atexit.register(self._close, process, ours)
        return self._asks

    @staticmethod
    def _close(process: subprocess.Popen[bytes], asks: socket.socket) -> None:
        asks.close()
        process.wait()


_keeper = _Keeper()
_never: list[str] = []


def never(why: str) -> None:
    """From here on this process starts the program as people do: `why`, for what it measures is the start."""
    _never.append(why)


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | str = ".",
    timeout: float | None = None,
    errors: str = "strict",
) -> subprocess.CompletedProcess[str]:
    """A program without input, to its end: its exit code, and what it wrote; `PROGRAM` is a fork.

    `errors` is what becomes of bytes that are no UTF-8. Raises `subprocess.TimeoutExpired` once it was killed
    after so many seconds.
    """
    with (
        Path(os.devnull).open("rb") as nothing,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        if argv[0] == PROGRAM and not _never and _heeded(env) == _heeded(os.environ):
            told = {"argv": list(argv), "cwd": str(Path(cwd).absolute()), "env": dict(env)}
            pid, end = _keeper.fork(told, (nothing, out, err))
            with end:
                code = _code(pid, end, argv, timeout)
        else:
            code = subprocess.run(
                argv, cwd=cwd, env=env, stdin=nothing, stdout=out, stderr=err, timeout=timeout, check=False
            ).returncode
        return subprocess.CompletedProcess(argv, code, _text(out, errors), _text(err, errors))


def _code(pid: int, end: socket.socket, argv: Sequence[str], timeout: float | None) -> int:
    end.settimeout(timeout)
    try:
        return _number(end)
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        raise subprocess.TimeoutExpired(argv, timeout or 0) from None


def _number(end: socket.socket) -> int:
    """A line with a number; the two of a call may come at once."""
    line = b""
    while not line.endswith(b"\n"):
        got = end.recv(1)
        assert got, "the process that has everything loaded is gone"
        line += got
    return int(line)


def _heeded(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(HEEDED)}


def _text(file: IO[bytes], errors: str) -> str:
    file.seek(0)
    return file.read().decode(errors=errors).replace("\r\n", "\n")
