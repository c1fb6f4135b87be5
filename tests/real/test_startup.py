"""Starting the command line as a process: what it imports, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelinekit import __version__
from pipelinekit.cli.completion import SHELLS
from pipelinekit.cli.main import SWITCH

PROBE = """
import json, os, sys
from pipelinekit.cli.main import entry
os._exit = sys.exit  # it would end us as well
sys.argv = ["pipelinekit", *json.loads(sys.argv[1])]
try:
    entry()
finally:
    sys.stderr.write("\\n" + json.dumps(sorted(sys.modules)))
"""

HEAVY = ("docker", "jinja2", "jsonschema_rs", "requests", "rich", "ruamel", "semver", "subprocess", "yaml")
COMMAND = Path(sys.executable).with_name("pipelinekit")


def imported(*arguments: str) -> set[str]:
    """The modules that a command line has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(done.stderr.rsplit("\n", 1)[-1]))


def test_the_version_is_told_without_importing_click() -> None:
    modules = imported("--version")
    assert "click" not in modules
    assert not set(HEAVY) & modules
    assert {each for each in modules if each.startswith("pipelinekit")} == {
        "pipelinekit",
        "pipelinekit.cli",
        "pipelinekit.cli.main",
    }


def test_help_imports_no_verb() -> None:
    modules = imported("--help")
    assert not set(HEAVY) & modules
    assert "pipelinekit.cli.application.generate" not in modules
    assert not [each for each in modules if each.startswith("pipelinekit.cli.line")]


@pytest.mark.parametrize("verb", ["validate", "generate", "deploy", "status", "doctor"])
def test_the_help_of_a_verb_imports_none_of_the_heavy_libraries(verb: str) -> None:
    assert not {"docker", "requests", "rich"} & imported(verb, "--help")


def test_who_asks_the_system_waits_for_no_module_that_is_loaded_beside_it() -> None:
    probe = PROBE.replace("json.dumps(sorted(sys.modules))", "str(sys.getswitchinterval())")
    words = [sys.executable, "-c", probe, json.dumps(["completion", "bash"])]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert float(done.stderr.rsplit("\n", 1)[-1]) == pytest.approx(SWITCH)


@pytest.mark.parametrize("verb", ["build", "push"])
def test_a_verb_of_the_image_loads_nothing_of_the_tests_and_no_client(verb: str) -> None:
    """Whatever is loaded before the engine builds, a developer waits for."""
    assert not {"ssl", "urllib.request", "pipelinekit.steps.artefacts.testing"} & imported(verb, "--help")


def test_the_installed_command_tells_its_version() -> None:
    done = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == f"pipelinekit {__version__}\n"


def test_a_reader_who_goes_away_is_no_error(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = subprocess.run(
            [COMMAND, "completion", "zsh"],
            stdout=closed,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"bug" not in done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_its_completion(shell: str) -> None:
    done = subprocess.run(
        [COMMAND, "completion", shell], capture_output=True, text=True, timeout=60, check=True
    )
    assert "_PIPELINEKIT_COMPLETE" in done.stdout


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What a shell runs in the background ignores SIGINT, and so would all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_ends_with_130(tmp_path: Path, interruptible: None) -> None:
    """Interrupted while it waits for a program that never ends: a git that reads what nobody writes."""
    pipe, git = tmp_path / "pipe", tmp_path / "bin" / "git"
    os.mkfifo(pipe)
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\nexec cat '{pipe}'\n")
    git.chmod(0o755)
    (tmp_path / "app.yaml").write_text(
        "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: a, team: t}\nbuild: {language: go}\n"
    )
    started = subprocess.Popen(
        [COMMAND, "version", "--path", str(tmp_path)],
        env={**os.environ, "PATH": f"{git.parent}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with started:
        writer = _open_when_it_is_read(pipe)
        try:
            said = _interrupted(started)
        finally:
            os.close(writer)
            started.kill()
    assert started.returncode == 130, said
    assert said.strip() == "interrupted"


def _interrupted(started: subprocess.Popen[str]) -> str:
    """What it says on Ctrl-C, pressed again while nothing happens.

    A signal that comes just before Python begins to read is only seen when the reading ends.
    """
    for _ in range(6):
        started.send_signal(signal.SIGINT)
        try:
            return started.communicate(timeout=10)[1]
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("Ctrl-C ends nothing")


def _open_when_it_is_read(pipe: Path) -> int:
    for _ in range(600):
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nobody has opened {pipe.name}")


@pytest.mark.parametrize("words", [("--help",), ("completion", "bash"), ("version", "--help")])
def test_a_result_that_cannot_be_written_is_an_error(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.returncode == 5
    assert done.stderr == "error: standard output cannot be written: No space left on device\n"


def test_all_that_was_said_arrives_in_a_pipe() -> None:
    """More than any buffer holds, read slowly: the process ends at once, and not before that."""
    with subprocess.Popen([COMMAND, "completion", "bash"], stdout=subprocess.PIPE) as started:
        assert started.stdout
        time.sleep(0.5)
        slowly = started.stdout.read()
    whole = subprocess.run(
        [COMMAND, "completion", "bash"], capture_output=True, timeout=60, check=True
    ).stdout
    assert slowly == whole
    assert whole.endswith(b"\n")


def test_what_cannot_be_said_changes_no_exit_code(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, "validate", "--path", str(tmp_path)],
            stderr=full,
            stdout=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stdout) == (6, b"")
