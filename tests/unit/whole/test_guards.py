"""Each guard bites, in the folders that have it and in no other way than with its sentence."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.guards import PROCESSES

HERE = ("127.0.0.1", 9)


def _with_socket(use: Callable[[socket.socket], object]) -> object:
    with socket.socket() as opened:
        return use(opened)


ACCIDENTS: dict[str, Callable[[], object]] = {
    "subprocess.run": lambda: subprocess.run(["true"], check=False),
    "subprocess.Popen": lambda: subprocess.Popen(["true"]),
    "os.popen": lambda: os.popen("true"),  # noqa: S605 - it does not get that far
    "socket.connect": lambda: _with_socket(lambda each: each.connect(HERE)),
    "socket.connect_ex": lambda: _with_socket(lambda each: each.connect_ex(HERE)),
    "socket.create_connection": lambda: socket.create_connection(HERE),
    "socket.sendto": lambda: _with_socket(lambda each: each.sendto(b"", HERE)),
    "Path.home": Path.home,
    "Path.expanduser": lambda: Path("~").expanduser(),
    "os.path.expanduser": lambda: os.path.expanduser("~"),  # noqa: PTH111 - other people's code does
    "environ[HOME]": lambda: os.environ["HOME"],
    "environ.get(HOME)": lambda: os.environ.get("HOME"),
    "getenv(HOME)": lambda: os.getenv("HOME"),
} | {f"os.{name}": (lambda name=name: getattr(os, name)("true", ["true"])) for name in PROCESSES}


@pytest.mark.parametrize("accident", ACCIDENTS.values(), ids=ACCIDENTS)
def test_an_accident_ends_the_test_with_a_sentence(accident: Callable[[], object]) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"^A pure test (starts no|opens no|has no) .*\.$"):
        accident()


def test_no_code_can_swallow_an_accident() -> None:
    def careless() -> None:
        try:
            Path.home()
        except Exception as error:
            raise AssertionError("swallowed") from error

    with pytest.raises(pytest.fail.Exception, match="home directory"):
        careless()


def test_the_rest_of_the_environment_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINEKIT_PLATFORM", "here")
    assert os.environ["PIPELINEKIT_PLATFORM"] == "here"
    assert "HOME" not in dict(os.environ)
