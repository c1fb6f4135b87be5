"""Processes that stay: started apart from this one, found again by pid and start time or by their mark."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import packages
from tests.testbed.command import STEP
from tests.testbed.record import Started

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.testbed.layout import Layout
    from tests.testbed.record import Journal

MARK = "PIPELINEKIT_TESTBED_MARK"
_PROC = Path("/proc")


@dataclass(frozen=True)
class Program:
    """What to start: arguments, extra environment, and the text of the files it reads when it starts."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ()

    @property
    def spec(self) -> str:
        text = repr((self.argv, sorted(self.env.items()), self.reads))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def start_time(pid: int) -> int | None:
    """Clock ticks since boot at which the process began; None when there is none or it is a zombie."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The second field, a name in parentheses, may itself hold spaces and parentheses.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def alive(process: Started | None) -> bool:
    """Whether exactly this process runs."""
    if process is None:
        return False
    _reap(process.pid)
    return start_time(process.pid) == process.start


def ensure(name: str, program: Program, layout: Layout, journal: Journal) -> bool:
    """Makes `program` run under `name`; one started differently makes way. Whether anything was started."""
    known = journal.record.processes.get(name)
    if alive(known) and known is not None and known.spec == program.spec:
        return False
    if known is not None and alive(known):
        stop([known.pid])
    # A kill between the start and its note leaves a process that only its mark tells.
    stop(pid for pid in marked(journal.record.mark) if _argv(pid) == program.argv)
    journal.started(name, _start(name, program, layout, journal.record.mark))
    return True


def marked(mark: str) -> list[int]:
    """Every process that carries the mark, shims and helpers of ours included."""
    return _with_variable(MARK, mark)


def stop_orphans() -> None:
    """Ends what a killed `up` had under way. Only for who holds the machine's claim."""
    for name, value in STEP.items():
        stop(_with_variable(name, value))


def _with_variable(name: str, value: str) -> list[int]:
    wanted = f"{name}={value}".encode()
    found = []
    for pid in _pids():
        try:
            environment = (_PROC / str(pid) / "environ").read_bytes()
        except OSError:
            continue
        if wanted in environment.split(b"\0"):
            found.append(pid)
    return found


def stop(pids: Iterable[int], patience: float = 5.0) -> None:
    """Ends processes: asks, waits up to `patience` seconds, then kills. All are gone when this returns."""
    ours = {pid: start for pid in pids if (start := start_time(pid)) is not None}
    _signal(ours, signal.SIGTERM)
    if not _gone(ours, patience):
        _signal(ours, signal.SIGKILL)
        _gone(ours, 10.0)


def _start(name: str, program: Program, layout: Layout, mark: str) -> Started:
    layout.logs.mkdir(parents=True, exist_ok=True)
    log = str(layout.logs / f"{name}.log")
    environment = {**_environment(), **program.env, MARK: mark}
    # posix_spawn rather than subprocess: nobody here will ever wait for it, and its parent is soon gone.
    pid = os.posix_spawn(
        program.argv[0],
        program.argv,
        environment,
        setsid=True,
        setsigdef=(signal.SIGINT, signal.SIGTERM, signal.SIGPIPE),
        setsigmask=(),
        file_actions=(
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ),
    )
    return Started(pid=pid, start=start_time(pid) or 0, spec=program.spec)


def _environment() -> dict[str, str]:
    """What daemons get of this environment: where programs are and how to reach the network, no secrets."""
    kept = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    # Two cores are short here and memory is not: the servers, and what they start, collect less often.
    return {**kept, "PATH": packages.search_path(), "HOME": "/root", "LANG": "C.UTF-8", "GOGC": "400"}


def _pids() -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]


def _argv(pid: int) -> tuple[str, ...]:
    try:
        return tuple((_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1])
    except OSError:
        return ()


def _signal(processes: Mapping[int, int], number: signal.Signals) -> None:
    for pid, start in processes.items():
        if start_time(pid) == start:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue


def _gone(processes: Mapping[int, int], patience: float) -> bool:
    until = time.monotonic() + patience
    while True:
        for pid in processes:
            _reap(pid)
        if not any(start_time(pid) == start for pid, start in processes.items()):
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.02)


def _reap(pid: int) -> None:
    """Takes a dead child's exit code, where it happens to be ours: as a zombie it would seem to be there."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
