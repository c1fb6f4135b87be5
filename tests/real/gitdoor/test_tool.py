"""The tool itself, and how often it is asked."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

import pipelinekit
from pipelinekit.adapters import probes
from pipelinekit.adapters.running import process
from pipelinekit.adapters.source import git, worktree
from pipelinekit.errors import ToolMissing
from tests.hostile.zoo import Lair

PACKAGE = Path(pipelinekit.__file__).parent


def test_a_git_that_is_too_old_is_refused_and_doctor_says_so(
    lair: Lair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "bin"
    old.mkdir()
    (old / "git").write_text("#!/bin/sh\necho git version 2.37.9\n")
    (old / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{old}{os.pathsep}{os.environ['PATH']}")
    git._require_recent.cache_clear()
    with pytest.raises(ToolMissing, match=r"git is 2.37, 2.38 or later is needed"):
        worktree.revision(lair.root, name="orders")
    with pytest.raises(ToolMissing, match=r"git is 2.37.9, 2.38 or later is needed"):
        probes._recent("git", git.version())


def test_a_version_costs_no_more_processes_than_it_has_questions(
    lair: Lair, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    real = process.run

    def counted(argv: list[str], **options: object) -> process.Completed:
        started.append(argv[1])
        return real(argv, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(process, "run", counted)
    git._require_recent.cache_clear()
    worktree.revision(lair.root, name="orders")
    assert len(started) <= 10, started


def test_no_other_module_calls_git() -> None:
    """Lists of arguments that begin with `git` are in the door alone, and so is any other way to name it."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            words = node.elts[:1] if isinstance(node, ast.List | ast.Tuple) else ()
            if any(isinstance(each, ast.Constant) and each.value == "git" for each in words):
                found.add(path.relative_to(PACKAGE).as_posix())
    # A probe is a name and a question.
    assert found - {"adapters/probes.py"} == {"adapters/source/git.py"}
    assert '["git"' not in (PACKAGE / "adapters" / "probes.py").read_text()
