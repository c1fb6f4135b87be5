"""Files behind a filter, and work trees of all kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.source import checkouts, worktree
from pipelinekit.errors import PipelinekitError, ToolFailed
from tests.hostile.zoo import Lair


@pytest.fixture
def filtered(lair: Lair, tmp_path: Path) -> Lair:
    """A fresh clone with a file that a filter has put in other words than the repository has."""
    upper = ("-c", "filter.up.clean=tr a-z A-Z", "-c", "filter.up.smudge=tr A-Z a-z")
    lair.write(".gitattributes", "*.bin filter=up\n")
    lair.write("svc/a.bin", "hello\n")
    lair.git(*upper, "add", "--all")
    lair.git("commit", "--quiet", "--message", "Filtered")
    assert lair.git("show", "HEAD:svc/a.bin") == "HELLO"
    lair.git(*upper, "clone", "--quiet", str(lair.root), str(tmp_path / "clone"))
    clone = Lair(tmp_path / "clone")
    assert (clone.root / "svc" / "a.bin").read_text() == "hello\n"
    return clone


def test_a_file_behind_a_filter_that_nobody_changed_is_not_dirty(filtered: Lair) -> None:
    for folder in (filtered.root, filtered.root / "svc"):
        assert worktree.revision(folder, name="orders").dirty is False
        checkouts.require_clean(folder)
    filtered.write("b", "b")
    assert worktree.revision(filtered.root, name="orders").dirty is True
    assert worktree.revision(filtered.root / "svc", name="orders").dirty is False


def test_a_file_behind_a_filter_that_somebody_changed_is_dirty(filtered: Lair) -> None:
    filtered.write("svc/a.bin", "hullo\n")
    for folder in (filtered.root, filtered.root / "svc"):
        assert worktree.revision(folder, name="orders").dirty is True
        with pytest.raises(PipelinekitError, match="1 changed file"):
            checkouts.require_clean(folder)


# --- work trees of all kinds ----------------------------------------------------------------------


def test_a_linked_work_tree_has_its_own_head_and_index(lair: Lair, tmp_path: Path) -> None:
    lair.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
    linked = tmp_path / "linked"
    facts = worktree.revision(linked, name="orders")
    assert (facts.branch, facts.tag, facts.dirty) == ("other", "v1.2.3", False)
    (linked / "b").write_text("b")
    assert worktree.revision(linked, name="orders").dirty is True
    assert worktree.revision(lair.root, name="orders").dirty is False


def test_a_submodule_counts_by_its_commit(lair: Lair, tmp_path: Path) -> None:
    inner = lair.root / "inner"
    lair.git("init", "--quiet", "--initial-branch=main", str(inner))
    lair.git("commit", "--quiet", "--allow-empty", "--message", "1", cwd=inner)
    lair.commit()
    assert worktree.revision(lair.root, name="orders").dirty is False
    lair.git("commit", "--quiet", "--allow-empty", "--message", "2", cwd=inner)
    facts = worktree.revision(lair.root, name="orders")
    lair.git("add", "inner")
    assert (facts.dirty, facts.tree) == (True, lair.git("write-tree"))


@pytest.mark.parametrize(
    "words",
    [
        ["update-index", "--split-index"],
        ["pack-refs", "--all"],
        ["repack", "-a", "-d", "-q"],
        ["sparse-checkout", "set", "--cone", "svc"],
        ["update-index", "--index-version", "4"],
    ],
    ids=lambda words: words[0] + words[1],
)
def test_a_repository_may_be_stored_in_any_way(lair: Lair, words: list[str]) -> None:
    lair.write("svc/a", "a")
    lair.commit()
    before = worktree.revision(lair.root, name="orders")
    lair.git(*words)
    assert worktree.revision(lair.root, name="orders") == before


def test_a_repository_with_longer_names_of_objects(tmp_path: Path) -> None:
    lair = Lair(tmp_path / "long")
    lair.root.mkdir()
    lair.git("init", "--quiet", "--initial-branch=main", "--object-format=sha256")
    lair.write("a", "a")
    lair.commit()
    facts = worktree.revision(lair.root, name="orders")
    assert (len(facts.commit), facts.dirty) == (64, False)


def test_an_extension_that_nobody_knows_is_an_error(lair: Lair) -> None:
    lair.git("config", "core.repositoryFormatVersion", "1")
    lair.git("config", "extensions.zoo", "true")
    with pytest.raises(ToolFailed, match="unknown repository extension"):
        worktree.revision(lair.root, name="orders")
