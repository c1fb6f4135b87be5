"""A platform's lock is large, and read by who asks what is in it alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipelinekit.adapters.source import platforms
from pipelinekit.errors import Refused
from pipelinekit.model.platform.lock import PlatformLock
from pipelinekit.reading.platform.lock import FILE as LOCK_FILE

DAMAGED = "<<<<<<< ours\napplications: []\n"


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


@pytest.mark.parametrize("way", ["folder", "git"])
def test_a_lock_is_read_when_it_is_asked_for_as_it_was_then(tmp_path: Path, way: str) -> None:
    (tmp_path / platforms.FILE).write_text("a: 1\n")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message=a")
    source = str(tmp_path) if way == "folder" else f"git+file://{tmp_path}@main"
    without = platforms.read_platform_text(source)
    (tmp_path / LOCK_FILE).write_text(DAMAGED)
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message=b")
    damaged = platforms.read_platform_text(source)
    (tmp_path / LOCK_FILE).unlink()
    assert (without.content, without.lock) == (damaged.content, PlatformLock())
    with pytest.raises(Refused, match="the lock cannot be read") as said:
        _ = damaged.lock
    assert "platform sync" in said.value.faults[0].hint
