"""What tells that git need not be asked again: everything that could change its answer is seen."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelinekit.adapters.source.clone.unchanged import stamp


def git(folder: Path, *words: str) -> None:
    author = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    subprocess.run(["git", "-C", str(folder), *author, *words], check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--initial-branch=main")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "code.py").write_text("one")
    (tmp_path / ".gitignore").write_text("*.log")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-m", "First")
    git(tmp_path, "checkout", "-b", "other")
    git(tmp_path, "commit", "--allow-empty", "-m", "Second")
    return tmp_path / "app"


def same_time(path: Path, text: str) -> None:
    """Another content of the same size and, for all that anybody can set, of the same time."""
    before = path.stat()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    "touch",
    [
        lambda app: same_time(app / "code.py", "two"),
        lambda app: (app / "new.py").write_text(""),
        lambda app: (app / "code.py").unlink(),
        lambda app: (app / "code.py").chmod(0o755),
        lambda app: (app.parent / ".gitignore").write_text("*.py"),
        lambda app: git(app, "tag", "v1.0.0"),
        lambda app: git(app, "commit", "--allow-empty", "-m", "Third"),
        lambda app: git(app, "checkout", "main"),
        lambda app: git(app, "config", "remote.origin.url", "https://example.com/x"),
        lambda app: git(app, "pack-refs", "--all"),
    ],
    ids=["content", "new", "gone", "mode", "ignores", "tag", "commit", "branch", "config", "refs"],
)
def test_whatever_is_touched_is_seen(folder: Path, touch: Callable[[Path], object]) -> None:
    before = stamp(folder)
    assert before == stamp(folder) is not None
    touch(folder)
    assert stamp(folder) != before


def test_what_verbs_leave_is_no_part_of_a_revision(folder: Path) -> None:
    before = stamp(folder)
    (folder / ".pipelinekit").mkdir()
    (folder / ".pipelinekit" / "receipt.json").write_text("{}")
    assert stamp(folder) == before


def test_outside_of_a_repository_nothing_can_be_told(tmp_path: Path) -> None:
    assert stamp(tmp_path) is None
