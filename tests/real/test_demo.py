"""`make demo` lists and asks before it acts: without a terminal and without YES=1 it changes nothing."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.demo import __main__ as demo
from tests.demo.cluster import DEPLOYED, DOWN, Place, choose

WHERE = {"CONTEXT": "nowhere", "REGISTRY": "localhost:1", "YES": ""}


def test_without_a_terminal_nothing_is_changed_and_the_command_is_told(testbed: Mapping[str, str]) -> None:
    before = demo.FOLDER.exists()
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo"],
        cwd=demo.ROOT,
        env={**os.environ, **testbed, **WHERE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 4
    assert done.stdout.splitlines()[1:] == list(DEPLOYED)
    assert "nothing was changed" in done.stderr
    assert done.stderr.splitlines()[-1] == "  make demo YES=1"
    assert demo.FOLDER.exists() is before


@pytest.mark.parametrize("answer", [b"\n", b"n\n"])
def test_in_a_terminal_it_asks_and_no_is_no(testbed: Mapping[str, str], answer: bytes) -> None:
    ours, its = pty.openpty()
    os.write(ours, answer)
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo"],
        cwd=demo.ROOT,
        env={**os.environ, **testbed, **WHERE},
        stdin=its,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(its)
    os.close(ours)
    assert done.returncode == 4
    assert done.stdout.endswith("Go on? [y/N] ")
    assert "nothing was changed" in done.stderr


def test_what_the_shown_commands_need_is_kept_for_a_shell(tmp_path: Path) -> None:
    place = Place(
        name="x",
        context="it's",
        registry="localhost:1",
        mirror="docker.io",
        env={"KUBECONFIG": "/a b"},
        remove="",
    )
    demo.Demo(place, tmp_path / "hello").remember()
    line = f'. {tmp_path}/env; echo "$KUBECONFIG|$PIPELINEKIT_REGISTRY|$PIPELINEKIT_CONTEXT"'
    line += "; command -v pipelinekit"
    said = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == [
        "/a b|localhost:1|it's",
        str(Path(sys.executable).parent / "pipelinekit"),
    ]


def test_a_testbed_that_was_up_is_spared(testbed: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {**testbed, "YES": "1", "CONTEXT": "", "REGISTRY": ""}.items():
        monkeypatch.setenv(name, text)
    # Where kind or minikube are, those are taken.
    monkeypatch.setattr("tests.demo.cluster._output", lambda *_: "")
    said: list[str] = []
    place = choose(said.append)
    assert said[0] == "the testbed on this machine is up, and stays as it is; the demo adds:"
    assert place.removal("demo-dev") == [f"kubectl --context {place.context} delete namespace demo-dev"]


@pytest.mark.parametrize(
    ("remove", "commands"),
    [
        ("", ["kubectl --context c delete namespace n"]),
        (DOWN, [DOWN]),
        ("docker rm -f x", ["kubectl --context c delete namespace n", "docker rm -f x"]),
    ],
)
def test_what_the_demo_made_goes_with_the_commands_that_it_shows(remove: str, commands: list[str]) -> None:
    place = Place(name="x", context="c", registry="r", mirror="m", env={}, remove=remove)
    assert place.removal("n") == commands
