"""The facts that git knows, from real repositories."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from pipelinekit.adapters.source import worktree
from pipelinekit.errors import ToolFailed
from pipelinekit.plan.versions.version import version_of
from pipelinekit.reading.schema.words import BRANCH
from tests.real.tags.bench import Git, commit, told


def test_each_commit_of_main_counts(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    for number in (1, 2, 3):
        commit(folder, run, str(number))
        assert told(folder) == f"0.1.{number}"


def test_a_tag_sets_the_version_and_later_commits_count_from_it(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    commit(folder, run, "1")
    run("tag", "v1.4.2")
    assert told(folder) == "1.4.2"
    commit(folder, run, "2")
    run("tag", "v9.0.0-rc.1")
    run("tag", "nightly")
    assert told(folder) == "1.4.3"


def test_a_merge_counts_as_one_commit(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    commit(folder, run, "1")
    run("switch", "--quiet", "--create", "feature")
    for name in ("a", "b", "c"):
        commit(folder, run, name)
    run("switch", "--quiet", "main")
    run("merge", "--quiet", "--no-ff", "--no-edit", "feature")
    assert told(folder) == "0.1.2"


def test_a_monorepo_has_a_version_for_each_application(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    for name in ("orders", "shop"):
        (folder / name).mkdir()
        commit(folder / name, run, "app.yaml")
    run("tag", "orders/v2.0.0", "HEAD~1")
    run("tag", "v7.0.0", "HEAD~1")
    assert told(folder / "orders") == "2.0.1"
    assert told(folder / "shop", "shop") == "7.0.1"
    # A change in one application leaves the other clean.
    (folder / "shop" / "app.yaml").write_text("changed")
    assert worktree.revision(folder / "orders", name="orders").dirty is False
    assert worktree.revision(folder / "shop", name="shop").dirty is True
    assert worktree.revision(folder / "shop", name="shop").folder == "shop"


@pytest.mark.parametrize("change", ["edit", "add", "delete"])
def test_a_changed_work_tree_is_a_prerelease_named_after_its_content(
    repository: tuple[Path, Git], change: str
) -> None:
    folder, run = repository
    commit(folder, run, "1")
    commit(folder, run, "2")
    clean = worktree.revision(folder, name="orders")
    before = run("status", "--porcelain")
    if change == "edit":
        (folder / "1").write_text("other")
    elif change == "add":
        (folder / "3").write_text("new")
    else:
        (folder / "1").unlink()
    dirty = worktree.revision(folder, name="orders")
    assert version_of(dirty).startswith("0.1.3-dirty.g")
    assert dirty.tree != clean.tree
    # Asking leaves no trace in the index.
    assert run("diff", "--cached", "--name-only") == before == ""
    run("checkout", "--quiet", ".")
    (folder / "3").unlink(missing_ok=True)
    assert worktree.revision(folder, name="orders") == clean


def test_a_key_that_is_committed_is_other_content_than_one_that_lies_there(
    repository: tuple[Path, Git],
) -> None:
    """Committed, it gets into the image; beside other changes only git's index tells the two apart."""
    folder, run = repository
    commit(folder, run, "a")
    (folder / "server.pem").write_text("key")
    (folder / "other").write_text("a change")
    before = worktree.revision(folder, name="orders")
    run("add", "server.pem")
    added = worktree.revision(folder, name="orders")
    run("commit", "--quiet", "--message", "key")
    committed = worktree.revision(folder, name="orders")
    assert all(each.dirty for each in (before, added, committed))
    assert before.tree not in {added.tree, committed.tree}
    assert added.tree == committed.tree


def test_an_ignored_file_changes_nothing(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    commit(folder, run, "1")
    (folder / ".gitignore").write_text("*.log\n")
    run("add", "--all")
    run("commit", "--quiet", "--message", "ignore")
    (folder / "x.log").write_text("noise")
    assert worktree.revision(folder, name="orders").dirty is False


def test_another_branch_and_a_detached_head_are_prereleases(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    commit(folder, run, "1")
    run("switch", "--quiet", "--create", "Feature/Größe_1")
    commit(folder, run, "2")
    assert told(folder).startswith("0.1.2-feature-gr-e-1.g")
    run("checkout", "--quiet", "--detach")
    assert told(folder).startswith("0.1.2-detached.g")


def test_the_main_branch_is_what_the_remote_says(repository: tuple[Path, Git], tmp_path: Path) -> None:
    folder, run = repository
    run("branch", "--move", "trunk")
    commit(folder, run, "1")
    clone = tmp_path / "clone"
    run("clone", "--quiet", str(folder), str(clone))
    assert worktree.revision(clone, name="orders").main_branch == "trunk"
    assert told(clone) == "0.1.1"


def test_before_the_first_commit_and_outside_a_repository(
    repository: tuple[Path, Git], tmp_path: Path
) -> None:
    folder, _ = repository
    (folder / "a").write_text("a")
    assert told(folder).startswith("0.1.1-dirty.g")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a").write_text("a")
    assert worktree.revision(outside, name="orders").tree == worktree.revision(folder, name="orders").tree


def test_a_folder_with_nothing_to_commit_has_the_empty_content(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "shop").mkdir()
    before = worktree.revision(folder / "shop", name="shop")
    assert before.commit == ""
    commit(folder, run, "1")
    (folder / "shop" / "x.log").write_text("noise")
    new = worktree.revision(folder / "shop", name="shop")
    assert new.tree == before.tree == run("hash-object", "-t", "tree", "/dev/null")
    assert (new.folder, new.commit, new.dirty) == ("shop", run("rev-parse", "HEAD"), True)
    assert version_of(new).startswith("0.1.2-dirty.g")
    # Somebody has taken all of it away, and not said so to git yet.
    (folder / "shop" / "app.yaml").write_text("x")
    commit(folder, run, "2")
    assert worktree.revision(folder / "shop", name="shop").dirty is False
    (folder / "shop" / "app.yaml").unlink()
    gone = worktree.revision(folder / "shop", name="shop")
    assert (gone.tree, gone.dirty) == (new.tree, True)


def test_a_folder_that_the_repository_ignores_is_outside_of_it(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    (folder / ".gitignore").write_text("/play/\n")
    commit(folder, run, "1")
    play = folder / "play"
    play.mkdir()
    (play / "a").write_text("a")
    assert worktree.revision(play, name="orders").commit == ""
    assert worktree.init(play) is True
    assert worktree.init(play) is False


def test_a_remotes_password_is_not_part_of_the_facts(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    commit(folder, run, "1")
    run("remote", "add", "origin", "https://user:secret@git.example.com/orders.git")
    assert worktree.revision(folder, name="orders").source == "https://git.example.com/orders.git"


def test_a_damaged_repository_is_an_error_with_gits_reason(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    commit(folder, run, "1")
    (folder / ".git" / "config").write_text("[core\n")
    with pytest.raises(ToolFailed, match="git: "):
        worktree.revision(folder, name="orders")


def test_the_text_merge_keeps_both_sides() -> None:
    base = "one\ntwo\nthree\nfour\nfive\n"
    merge = worktree.MergeFile().merge
    assert merge(base, base.replace("one", "1"), base.replace("five", "5")) == (
        "1\ntwo\nthree\nfour\n5\n",
        True,
    )
    text, clean = merge(base, base.replace("three", "mine"), base.replace("three", "new"))
    assert not clean
    assert (
        text.index("<<<<<<< yours") < text.index("mine") < text.index("new") < text.index(">>>>>>> generated")
    )
    # No newline at the end, and the very same change on both sides.
    assert merge("a", "b", "b") == ("b", True)
    assert merge("é 🚀\n", "é 🚀\n", "ü\n") == ("ü\n", True)


def test_the_place_of_a_folder_costs_no_look_at_the_work_tree(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    assert worktree.place(folder.parent) == (".", "main")
    (folder / "services" / "orders").mkdir(parents=True)
    assert worktree.place(folder) == (".", "main")
    assert worktree.place(folder / "services" / "orders") == ("services/orders", "main")
    commit(folder / "services" / "orders", run, "1")
    run("branch", "--move", "master")
    facts = worktree.revision(folder / "services" / "orders", name="orders")
    assert worktree.place(folder / "services" / "orders") == (facts.folder, facts.main_branch)
    assert facts.main_branch == "master"
    (folder / "build").mkdir()
    (folder / ".gitignore").write_text("build\n")
    assert worktree.place(folder / "build") == (".", "main")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "main",
            "feature/x",
            "weird/a'b$c;d",
            "é",
            "#7",
            "a@b",
            "a.b",
            "a-",
            "lock",
            "x.lockx",
            "a{b}",
            "!",
        ),
        *("*", "a?", "[a]", "-x", "--upload-pack=x", "a b", "a..b", "a~1", "a^", "a:b", "@{1}", "a@{b"),
        *("a\\b", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a.", "a\tb", "a\x7fb", "", "."),
    ],
)
def test_a_platform_takes_the_branches_that_git_takes(name: str) -> None:
    taken = subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True).returncode == 0
    assert (re.search(BRANCH[0], name) is not None) == taken
