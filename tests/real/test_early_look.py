"""What `run` asks of git before it has read the descriptor counts only where nothing was touched since."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelinekit.adapters.source import worktree
from pipelinekit.cli.wiring import ahead, revision
from tests import examples


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a tag and an ignored folder."""
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "First"),
        ("tag", "v1.4.2"),
    ):
        (tmp_path / "index.html").write_text("1")
        (tmp_path / ".gitignore").write_text("dist/\n")
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that git was asked about anew."""
    folders: list[Path] = []
    ask = worktree.revision

    def revision_of(folder: Path, *, name: str, messages: bool = False) -> object:
        folders.append(folder)
        return ask(folder, name=name, messages=messages)

    monkeypatch.setattr(worktree, "revision", revision_of)
    return folders


@pytest.fixture
def early(folder: Path) -> Iterator[ahead.Ahead]:
    with ahead.opened() as here:
        here.begin(revision.EARLY, lambda: revision.look(folder, here.keep))
        assert here.look(revision.EARLY) is not None
        yield here


@pytest.mark.usefixtures("early")
def test_an_early_look_says_what_a_late_one_says(folder: Path, asked: list[Path]) -> None:
    found = revision.facts(folder, examples.app(), None)
    assert asked == []
    assert (found.tag, found.dirty, found.branch) == ("v1.4.2", False, "main")
    assert found == worktree.revision(folder, name="orders")


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize("touched", ["index.html", "new.html", "dist/made.js"])
def test_after_a_touch_git_is_asked_again(folder: Path, asked: list[Path], touched: str) -> None:
    (folder / touched).parent.mkdir(exist_ok=True)
    (folder / touched).write_text("2")
    found = revision.facts(folder, examples.app(), None)
    assert asked == [folder]
    assert found.dirty is (touched != "dist/made.js")
