"""A call of the process that has everything loaded is as one of the program itself."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import warm

CALLS = (
    ("--version",),
    ("validate",),
    ("version", "--json"),
    ("nosuch",),
    ("generate", "--check", "--language", "nothing"),
    ("explain",),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    argv = [warm.PROGRAM, "new-app", "orders", "--language", "python", "--team", "payments", "--git"]
    assert warm.run(argv, cwd=tmp_path, env=os.environ).returncode == 0
    return tmp_path / "orders"


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_it_ends_as_the_program_does_and_says_the_same(folder: Path, words: tuple[str, ...]) -> None:
    argv = [warm.PROGRAM, *words]
    cold = subprocess.run(
        argv, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    ours = warm.run(argv, cwd=folder, env=os.environ)
    assert (ours.returncode, ours.stdout, ours.stderr) == (cold.returncode, cold.stdout, cold.stderr)


def test_each_call_has_its_own_folder_and_environment(folder: Path, tmp_path: Path) -> None:
    there = {**os.environ, "PIPELINEKIT_PLATFORM": str(tmp_path / "there.yaml")}
    first = warm.run([warm.PROGRAM, "validate"], cwd=folder, env=there)
    assert (first.returncode, "there.yaml" in first.stderr) != (0, False)
    assert warm.run([warm.PROGRAM, "validate"], cwd=folder, env=os.environ).returncode == 0
    assert warm.run([warm.PROGRAM, "validate"], cwd=tmp_path, env=os.environ).returncode != 0


def test_several_at_once_get_their_own_ends(folder: Path) -> None:
    words = (("validate",), ("nosuch",), ("--version",)) * 3
    with ThreadPoolExecutor(len(words)) as pool:
        codes = pool.map(
            lambda each: warm.run([warm.PROGRAM, *each], cwd=folder, env=os.environ).returncode, words
        )
        assert list(codes) == [0, 2, 0] * 3


def test_one_that_takes_too_long_is_killed(folder: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        warm.run([warm.PROGRAM, "validate"], cwd=folder, env=os.environ, timeout=0.001)
    assert warm.run([warm.PROGRAM, "validate"], cwd=folder, env=os.environ).returncode == 0


def test_what_only_a_start_heeds_starts_the_program(folder: Path) -> None:
    env = {**os.environ, "PYTHONVERBOSE": "1"}
    assert "import " in warm.run([warm.PROGRAM, "--version"], cwd=folder, env=env).stderr
    assert "import " not in warm.run([warm.PROGRAM, "--version"], cwd=folder, env=os.environ).stderr


def test_a_measurement_starts_the_program_as_people_do(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "_never", [])
    monkeypatch.setattr(warm, "PROGRAM", str(_program(tmp_path)))
    assert warm.run([warm.PROGRAM, "--version"], cwd=folder, env=os.environ).stdout.startswith("pipelinekit ")
    warm.never("a test")
    assert warm.run([warm.PROGRAM, "--version"], cwd=folder, env=os.environ).stdout == "started\n"


def _program(folder: Path) -> Path:
    """A program that says that it was started: no fork of what is loaded ever does."""
    program = folder / "pipelinekit"
    program.write_text("#!/bin/sh\necho started\n")
    program.chmod(0o755)
    return program
