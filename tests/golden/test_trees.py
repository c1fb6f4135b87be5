"""The golden trees are what is generated."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.model.tree import File
from tests.golden import trees


@pytest.mark.parametrize("case", trees.CASES)
def test_the_tree_is_what_is_generated(case: str, pytestconfig: pytest.Config) -> None:
    tree, folder = trees.CASES[case](), trees.folder_of(case)
    if pytestconfig.getoption("--update-golden"):
        trees.rewrite(folder, tree)
    found = trees.differences(folder, tree)
    assert not found, f"{', '.join(found)}; to see it in a diff: {trees.COMMAND}"


def test_every_folder_is_a_case() -> None:
    folders = {path.name for path in trees.HERE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(trees.CASES)


TREE = {"a": File("one\n"), "b/c": File("two\r\n")}


def test_rewriting_leaves_nothing_missing_and_nothing_over(tmp_path: Path) -> None:
    (tmp_path / "gone/deep").mkdir(parents=True)
    (tmp_path / "gone/deep/x").write_text("x")
    (tmp_path / "a").write_text("other")
    trees.rewrite(tmp_path, TREE)
    assert trees.differences(tmp_path, TREE) == []
    assert trees.read(tmp_path) == {"a": "one\n", "b/c": "two\r\n"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_what_is_missing_left_over_or_different_is_told_by_its_path(tmp_path: Path) -> None:
    trees.rewrite(tmp_path, {"a": File("other\n"), "x": File("")})
    assert trees.differences(tmp_path, TREE) == ["differs: a", "missing: b/c", "not generated: x"]


def test_nothing_here_starts_a_process_either(request: pytest.FixtureRequest) -> None:
    assert "sealed" in request.fixturenames
    with pytest.raises(pytest.fail.Exception, match="home directory"):
        Path.home()
