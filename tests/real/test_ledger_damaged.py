"""The embedded ledger, damaged on disk: a value or an error of ours, which says where to look."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelinekit.adapters.source.ledger import local
from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.errors import PipelinekitError
from tests import examples
from tests.ledgers import BRANCH, NOW, event

PLATFORM = examples.platform(name="acme")


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


ACCIDENTS: dict[str, Callable[[Path], object]] = {
    "a flipped bit": _flipped,
    "half of it": lambda path: os.truncate(path, path.stat().st_size // 2),
    "nothing in it": lambda path: os.truncate(path, 0),
    "zeros": lambda path: path.write_bytes(bytes(50)),
    "gone": lambda path: path.unlink(),
    "a folder": _folder,
    "a link to nowhere": _link,
}


def book() -> GitLedger:
    path = local.folder("acme")
    assert path
    return GitLedger(path, PLATFORM, signed=False, clock=lambda: NOW)


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An embedded ledger of two events."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for version in ("1.0.0", "1.0.1"):
        book().note([event(version=version)])
    return tmp_path / "state" / "pipelinekit" / "ledgers" / "acme.git"


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_a_damaged_ledger_is_told_with_the_command_that_shows_the_damage(accident: str, sound: Path) -> None:
    kept = sound.with_suffix(".kept")
    shutil.copytree(sound, kept)
    files = sorted(each.relative_to(kept) for each in kept.rglob("*") if each.is_file())
    objects = [each for each in files if each.parts[0] == "objects"]
    others = [each for each in files if each.parts[0] != "objects"]
    for each in (*others, objects[len(accident) % len(objects)]):
        shutil.rmtree(sound)
        shutil.copytree(kept, sound)
        (sound / each).chmod(0o644)
        ACCIDENTS[accident](sound / each)
        for verb in (
            lambda: book().history(BRANCH),
            lambda: book().fsck(),
            lambda: book().note([event(version="2.0.0")]),
        ):
            try:
                verb()
            except PipelinekitError as error:
                fault = error.faults[0]
                assert f"git -C {sound} fsck" in fault.hint, (each, fault)
