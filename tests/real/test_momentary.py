"""What a verb lays aside for a moment, when a signal ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelinekit.adapters.disk import momentary

COMMAND = Path(sys.executable).with_name("pipelinekit")
FAKE_GIT = """#!/bin/sh
case "$*" in
*clone*) for last; do :; done; mkdir -p "$last/inside"; echo here > "{mark}"
  while [ -e "{mark}" ]; do sleep 0.1; done;;
*) exec {git} "$@";;
esac
"""


@pytest.fixture
def swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The machine's temporary folder is one of ours; called, it waits until that is swept."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(momentary, "LATER", 0.0)

    def wait() -> None:
        momentary._due[tmp_path].join(30)
        assert not momentary._due[tmp_path].is_alive()

    return wait


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_clone_to_look_at_does_not_outlive_us(tmp_path: Path, number: signal.Signals) -> None:
    scratch, mark, programs = tmp_path / "tmp", tmp_path / "mark", tmp_path / "bin"
    scratch.mkdir()
    programs.mkdir()
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    (programs / "git").write_text(FAKE_GIT.format(mark=mark, git=real))
    (programs / "git").chmod(0o755)
    env = {**os.environ, "TMPDIR": str(scratch), "PATH": f"{programs}:{os.environ['PATH']}"}
    words = [str(COMMAND), "new-app", "--from", "file:///nowhere/a.git", "--explain"]
    verb = subprocess.Popen(
        words,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Who runs the tests under nohup has it ignored, and programs inherit that.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    try:
        end = time.monotonic() + 30
        while not mark.exists() and time.monotonic() < end:
            time.sleep(0.02)
        assert list(scratch.rglob("inside"))
        verb.send_signal(number)
        assert verb.wait(10) == -number
    finally:
        verb.kill()
        mark.unlink(missing_ok=True)
    assert not list(scratch.rglob("inside"))
    assert [each.name for each in scratch.iterdir()] == []


def test_who_was_forked_removes_nothing_of_its_parents() -> None:
    with momentary.folder() as made:
        child = os.fork()
        if not child:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGTERM
        assert Path(made).is_dir()
    assert not Path(made).exists()


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with momentary.folder():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_killed_runs_left_is_swept_after_a_day_and_nothing_else(
    tmp_path: Path, swept: Callable[[], None]
) -> None:
    names = ("dead0000.moment", "young000.moment", "lives000.moment", "12345678", "platform", "checkout")
    for name in (*(f"pipelinekit-{each}" for each in names), "pipelinekit-kept", "other-dead0000.moment"):
        (tmp_path / name / "in").mkdir(parents=True)
        if "young" not in name:
            os.utime(tmp_path / name, (0, 0))
    (tmp_path / "pipelinekit-file0000.moment").write_text("")
    os.utime(tmp_path / "pipelinekit-file0000.moment", (0, 0))
    (tmp_path / "pipelinekit-link0000.moment").symlink_to(tmp_path / "other-dead0000.moment")
    os.utime(tmp_path / "pipelinekit-link0000.moment", (0, 0), follow_symlinks=False)
    before = {each.name for each in tmp_path.iterdir()}
    living = momentary.locked(tmp_path / "pipelinekit-lives000.moment")
    assert living is not None
    try:
        with momentary.folder() as made:
            assert momentary.locked(made) is None, "who uses it has its lock"
        swept()
    finally:
        os.close(living)
    assert before - {each.name for each in tmp_path.iterdir()} == {"pipelinekit-dead0000.moment"}


def test_whoever_is_at_work_is_not_held_up_by_what_others_left(
    tmp_path: Path, swept: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Modules are loaded beside it then: a look at each of a thousand folders took a tenth of a second."""
    monkeypatch.setattr(momentary, "LATER", 3600.0)
    (tmp_path / "pipelinekit-dead0000.moment").mkdir()
    os.utime(tmp_path / "pipelinekit-dead0000.moment", (0, 0))
    looked: list[str] = []
    scan = os.scandir

    def seen(where: str | int) -> object:
        looked.append(str(where))
        return scan(where)

    monkeypatch.setattr(os, "scandir", seen)
    for _ in range(3):
        with momentary.folder() as made:
            pass
        assert not Path(made).exists()
    due = momentary._due[tmp_path]
    due.cancel()
    assert due.daemon, "nobody waits for it"
    assert str(tmp_path) not in looked
    assert (tmp_path / "pipelinekit-dead0000.moment").is_dir()


def test_another_users_folder_stays(
    tmp_path: Path, swept: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pipelinekit-dead0000.moment").mkdir()
    os.utime(tmp_path / "pipelinekit-dead0000.moment", (0, 0))
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    with momentary.folder():
        pass
    swept()
    assert (tmp_path / "pipelinekit-dead0000.moment").is_dir()


def test_what_one_run_leaves_another_one_knows(tmp_path: Path, swept: Callable[[], None]) -> None:
    with momentary.folder() as made:
        left = Path(made)
    swept()
    del momentary._due[tmp_path]
    left.mkdir()
    os.utime(left, (0, 0))
    with momentary.folder():
        pass
    swept()
    assert not left.exists()
