"""The one door to other programs: argument lists, never a shell; output captured, secrets kept out."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pipelinekit.adapters.running import endings
from pipelinekit.adapters.running.lines import Collector
from pipelinekit.adapters.running.programs import find
from pipelinekit.errors import Fault, ToolFailed
from pipelinekit.records import dataclass

if TYPE_CHECKING:
    import subprocess

MOST = 64 * 1024 * 1024
"""Bytes of output that a program may write before it is ended: its words are kept in memory."""
_ERROR = "error:"
_PIECE = 64 * 1024
_SHORT = ("helm", "kubectl")


@dataclass(frozen=True, slots=True)
class Completed:
    """A finished program: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    def reason(self) -> str:
        """The first line of its complaint: an error line where there is one, else the last line.

        Without the word `error:`, which whoever tells it says.
        """
        lines = [line.strip() for line in (self.err or self.out).splitlines() if line.strip()]
        for line in lines:
            if line.lower().startswith(("error", "fatal", "unauthorized", "denied")):
                return line[len(_ERROR) :].lstrip() if line.lower().startswith(_ERROR) else line
        return lines[-1] if lines else f"exit code {self.code}"


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    alone: bool = False,
    stdin: str | bytes | None = None,
    timeout: float | None = None,
    most: int = MOST,
    memory: int | None = None,
    file: int | None = None,
) -> Completed:
    """Run a program to its end and return what it wrote, whatever its exit code.

    `env` is laid over this process' own, or with `alone` is all there is. Over `timeout` seconds, or `most`
    bytes of output, the program is killed; `memory` and `file` bound its memory and each file, in bytes.
    Raises `ToolMissing` when there is no such program, `ToolFailed` on the timeout and on too much output.
    """
    import subprocess  # A verb that starts no program does without it.

    path = find(argv[0])
    process = subprocess.Popen(
        [path, *argv[1:]],
        cwd=cwd,
        env=_environment(argv[0], env, alone=alone),
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            _hold(process.pid, memory, file)
            out, err = _exchange(process, stdin.encode() if isinstance(stdin, str) else stdin, timeout, most)
        except BaseException as error:
            process.kill()
            if isinstance(error, subprocess.TimeoutExpired):
                raise _timed_out(argv[0], timeout) from None
            raise
    return Completed(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))


def _environment(
    program: str, more: Mapping[str, str] | None, *, alone: bool = False
) -> dict[str, str] | None:
    """What a program finds in its environment; None for all of this process' own.

    Helm and kubectl end within seconds, and a fifth of their CPU went into collecting garbage.
    """
    if alone:
        return dict(more or {})
    if Path(program).name not in _SHORT or "GOGC" in os.environ:
        return {**os.environ, **more} if more else None
    return {**os.environ, "GOGC": "400", **(more or {})}


def _hold(pid: int, memory: int | None, file: int | None) -> None:
    """Bound what a program that has just begun, and those that it starts, may have of memory and disk."""
    if memory is file is None or sys.platform != "linux":
        return
    import resource

    limits = ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_FSIZE, file))
    with contextlib.suppress(OSError):  # it may have ended already
        for kind, most in ((kind, most) for kind, most in limits if most is not None):
            resource.prlimit(pid, kind, (most, most))


def _exchange(
    process: subprocess.Popen[bytes], stdin: bytes | None, timeout: float | None, most: int
) -> tuple[bytes, bytes]:
    """Give a program its input and take what it writes; raises `TimeoutExpired` and `ToolFailed`."""
    import selectors
    from subprocess import TimeoutExpired

    until = None if timeout is None else time.monotonic() + timeout
    said: dict[int, bytearray] = {}
    rest = memoryview(stdin or b"")
    with selectors.DefaultSelector() as selector:
        streams = [each for each in (process.stdout, process.stderr) if each]
        for stream in streams:
            said[stream.fileno()] = bytearray()
            selector.register(stream, selectors.EVENT_READ)
        if process.stdin:
            os.set_blocking(process.stdin.fileno(), False)
            selector.register(process.stdin, selectors.EVENT_WRITE)
        while selector.get_map():
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutExpired(str(process.args), timeout or 0)
            for key, events in selector.select(left):
                if events & selectors.EVENT_WRITE:
                    rest = _feed(key.fd, rest)
                    done = not rest
                else:
                    piece = os.read(key.fd, _PIECE)
                    said[key.fd] += piece
                    done = not piece
                if done:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
            if sum(map(len, said.values())) > most:
                raise _too_much(str(process.args[0]), most)  # type: ignore[index]
    process.wait(None if until is None else max(0.0, until - time.monotonic()))
    out, err = said.values()
    return bytes(out), bytes(err)


def _feed(pipe: int, rest: memoryview) -> memoryview:
    """Write what the pipe takes, and return what is left; nothing for a program that wants no more."""
    try:
        return rest[os.write(pipe, rest[:_PIECE]) :]
    except BlockingIOError:
        return rest
    except BrokenPipeError:
        return rest[len(rest) :]


def _too_much(tool: str, most: int) -> ToolFailed:
    return ToolFailed(Fault("tool-output", f"{Path(tool).name} wrote more than {most >> 20} MiB"))


def check(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | bytes | None = None,
    timeout: float | None = None,
    code: str = "tool-failed",
    hint: str = "",
) -> str:
    """The program's standard output; raises `ToolFailed` with its reason unless it ends with 0."""
    done = run(argv, cwd=cwd, env=env, stdin=stdin, timeout=timeout)
    if done.code:
        raise ToolFailed(Fault(code, f"{Path(argv[0]).name}: {done.reason()}", hint=hint))
    return done.out


def begin(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: IO[bytes] | None = None,
    asked: bool = False,
) -> subprocess.Popen[bytes]:
    """A program that goes on, and is ended by whoever has begun it. It does not outlive this process.

    One that is `asked` has a pipe for its input.
    """
    import subprocess

    path = find(argv[0])
    return subprocess.Popen(
        [path, *argv[1:]],
        cwd=cwd,
        env=_environment(argv[0], env),
        stdin=subprocess.PIPE if asked else stdin or subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=endings.with_parent() if sys.platform == "linux" else None,
    )


def watch(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    line: Callable[[str], None] | None = None,
    tick: Callable[[], bool] | None = None,
    every: float = 2.0,
    first: float = 0.0,
    stdin: Path | None = None,
    timeout: float | None = None,
) -> Completed:
    """`run` for long work: each output line goes to `line`, every `every` seconds `tick` is asked,
    for the first time after `first` where that is given.

    `stdin` is a file to read from; `timeout` is in seconds, and over it the program is killed.
    When `tick` returns True the program gets SIGINT and time to clean up behind itself. It does not
    outlive this process.
    """
    given = stdin.open("rb") if stdin else None
    process = begin(argv, cwd=cwd, env=env, stdin=given)
    if given:
        given.close()
    return attend(process, line=line, tick=tick, every=every, first=first, timeout=timeout, tool=argv[0])


def attend(
    process: subprocess.Popen[bytes],
    *,
    line: Callable[[str], None] | None = None,
    tick: Callable[[], bool] | None = None,
    every: float = 2.0,
    first: float = 0.0,
    timeout: float | None = None,
    tool: str = "",
) -> Completed:
    """`watch` for a program that was begun already; errors name it `tool`."""
    until = time.monotonic() + timeout if timeout else None
    late = (lambda: time.monotonic() > until) if until else None
    out, err = Collector(process.stdout, line), Collector(process.stderr, line)
    try:
        _wait(process, tick or late, every, first or every)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if late and late() and process.returncode:
        raise _timed_out(tool, timeout)
    return Completed(process.returncode, out.text(), err.text())


def _timed_out(tool: str, timeout: float | None) -> ToolFailed:
    return ToolFailed(
        Fault(
            "tool-timeout",
            f"{tool} did not finish within {timeout:.0f} s",
            hint="is it waiting for something?",
        )
    )


def _wait(
    process: subprocess.Popen[bytes], tick: Callable[[], bool] | None, every: float, first: float
) -> None:
    from subprocess import TimeoutExpired

    within = first
    while not endings.ended(process, within if tick else None):
        within = every
        if tick and tick():
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(TimeoutExpired):
                process.wait(30)
            return
