"""The process that has everything loaded, and is forked for each call."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import threading
from typing import Any

import pipelinekit

LIBRARIES = (
    "docker",
    "jenkins",
    "jinja2",
    "jsonschema_rs",
    "requests",
    "ruamel.yaml",
    "semver",
    "tomlkit",
    "yaml",
)


def load() -> None:
    """Import every module of ours, and the libraries that functions import."""
    for each in pkgutil.walk_packages(pipelinekit.__path__, "pipelinekit."):
        importlib.import_module(each.name)
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def serve(asks: socket.socket) -> None:
    """Fork for each call, until nobody is there to call; it returns in each fork, for that to go on."""
    wakes, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    # Ctrl-C is for whoever calls, who then ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ends: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([asks.fileno(), wakes], [], [])
        if wakes in ready:
            os.read(wakes, 4096)
            _tell_ends(ends)
        if asks.fileno() not in ready:
            continue
        _, fds, _, _ = socket.recv_fds(asks, 1, 4)
        if not fds:
            raise SystemExit(0)
        end = socket.socket(fileno=fds[0])
        told = json.loads(_all(end))
        assert threading.active_count() == 1, "a fork has one thread of ours alone"
        if pid := os.fork():
            ends[pid] = end
            for each in fds[1:]:
                os.close(each)
            with contextlib.suppress(OSError):
                end.sendall(b"%d\n" % pid)
            continue
        signal.set_wakeup_fd(-1)
        for ended in (asks, end, *ends.values()):
            ended.close()
        os.close(wakes)
        os.close(wake)
        become(told, fds[1:])
        return


def _all(end: socket.socket) -> bytes:
    return b"".join(iter(lambda: end.recv(65536), b""))


def _tell_ends(ends: dict[int, socket.socket]) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with ends.pop(pid) as end, contextlib.suppress(OSError):
                end.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def become(told: dict[str, Any], streams: list[int]) -> None:
    """Be the process that was asked for, as if it had just begun."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, each in enumerate(streams):
        os.dup2(each, number)
        os.close(each)
    os.chdir(told["cwd"])
    os.environ.clear()
    os.environ.update(told["env"])
    sys.argv = told["argv"]
    sys.path.pop(0)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(  # noqa: SIM115
        2, "w", buffering=1, errors="backslashreplace", closefd=False
    )


if __name__ == "__main__":
    load()
    serve(socket.socket(fileno=int(sys.argv[1])))
    from pipelinekit.cli.main import entry

    entry()
