"""Accidents that a pure test cannot have: a process, a connection, the home directory."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

PROCESSES = tuple(
    name
    for name in dir(os)
    if name in {"system", "fork", "forkpty", "posix_spawn", "posix_spawnp"}
    or name.startswith(("exec", "spawn"))
)
"""Whatever in `os` can start a process; `os.popen` goes through `subprocess.Popen`."""

CONNECTIONS = ("connect", "connect_ex", "sendto")


@pytest.fixture(autouse=True)
def sealed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each accident ends the test with a sentence; no `except Exception` can swallow it."""
    with monkeypatch.context() as patch:
        _seal(patch)
        yield


def _seal(patch: pytest.MonkeyPatch) -> None:
    process = _refusal("A pure test starts no process: test the adapter in tests/real.")
    connection = _refusal("A pure test opens no connection: use a double from tests/doubles.")
    home = _refusal("A pure test has no home directory: hand it a folder.")
    # The class is patched in place, so that names imported from it before are sealed as well.
    patch.setattr(subprocess.Popen, "__init__", process)
    for name in PROCESSES:
        patch.setattr(os, name, process)
    for name in CONNECTIONS:
        patch.setattr(socket.socket, name, connection)
    patch.setattr(socket, "getaddrinfo", connection)
    patch.setattr(Path, "home", home)
    patch.setattr(os.path, "expanduser", home)
    patch.delenv("HOME", raising=False)
    # A cache that is nowhere: nothing is kept of one test for the next.
    patch.setenv("XDG_CACHE_HOME", os.devnull)
    patch.setattr(type(os.environ), "__getitem__", _without_home(type(os.environ).__getitem__, home))


def _refusal(sentence: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        pytest.fail(sentence)

    return refuse


def _without_home(
    read: Callable[[Any, str], str], home: Callable[..., NoReturn]
) -> Callable[[Any, str], str]:
    return lambda environment, name: home() if name == "HOME" else read(environment, name)
