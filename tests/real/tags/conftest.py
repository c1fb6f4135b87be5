"""A repository, for the tests of git's facts and of tags."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.real.tags.bench import Git


@pytest.fixture
def repository(tmp_path: Path) -> tuple[Path, Git]:
    """An empty repository and its git."""
    folder = tmp_path / "repository"
    folder.mkdir()

    def run(*arguments: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    run("init", "--quiet", "--initial-branch=main")
    return folder, run
