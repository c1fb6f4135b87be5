"""Commits and versions, for the tests of git's facts and of tags."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelinekit.adapters.source import worktree
from pipelinekit.plan.versions.version import version_of

Git = Callable[..., str]


def commit(folder: Path, run: Git, name: str) -> None:
    (folder / name).write_text(name)
    run("add", "--all")
    run("commit", "--quiet", "--message", name)


def told(folder: Path, name: str = "orders", *, conventional: bool = False) -> str:
    return version_of(worktree.revision(folder, name=name, messages=conventional), conventional=conventional)
