"""The door to git: the user's settings that reach servers and say who commits count, no other one does."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

import pytest

import pipelinekit
from pipelinekit.adapters import probes, process
from pipelinekit.adapters.source import checkouts, git, worktree
from pipelinekit.adapters.source.repositories import RemoteRepositories
from pipelinekit.errors import PipelinekitError, ToolFailed, ToolMissing
from tests.hostile.zoo import Lair

PACKAGE = Path(pipelinekit.__file__).parent
ODD = {
    "log.showSignature": "true",
    "log.date": "relative",
    "log.decorate": "full",
    "log.follow": "true",
    "log.mailmap": "true",
    "format.pretty": "%s",
    "color.ui": "always",
    "color.status": "always",
    "column.ui": "always",
    "status.short": "true",
    "status.branch": "true",
    "status.showUntrackedFiles": "no",
    "status.relativePaths": "false",
    "core.quotePath": "false",
    "core.abbrev": "4",
    "core.pager": "false",
    "core.fsmonitor": "true",
    "core.safecrlf": "true",
    "core.worktree": "/tmp",
    "diff.renames": "copies",
    "diff.noprefix": "true",
    "diff.ignoreSubmodules": "all",
    "i18n.logOutputEncoding": "ISO-8859-1",
    "i18n.commitEncoding": "ISO-8859-1",
    "versionsort.suffix": "-rc",
    "tag.sort": "-version:refname",
    "push.default": "nothing",
    "merge.conflictStyle": "zdiff3",
    "commit.cleanup": "scissors",
    "clean.requireForce": "true",
    "extensions.worktreeConfig": "true",
    "safe.bareRepository": "all",
    "transfer.hideRefs": "refs/tags",
    "filter.lfs.clean": "false",
    "filter.lfs.required": "true",
    "gpg.program": "/bin/false",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose settings are this test's."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def lair(tmp_path: Path) -> Lair:
    """A repository with a tag and two commits."""
    lair = Lair(tmp_path / "orders")
    lair.root.mkdir()
    lair.git("init", "--quiet", "--initial-branch=main")
    lair.write("größe", "a\n")
    lair.commit()
    lair.git("tag", "v1.2.3")
    lair.git("-c", "i18n.commitEncoding=UTF-8", "commit", "--quiet", "--allow-empty", "-m", "fix: größer")
    return lair


def _user(settings: dict[str, str]) -> None:
    for key, value in settings.items():
        subprocess.run(["git", "config", "--global", "--add", key, value], check=True)


def test_no_setting_of_a_user_changes_what_is_read(home: Path, lair: Lair) -> None:
    before = worktree.revision(lair.root, name="orders", messages=True)
    assert (before.tag, before.since, before.messages, before.dirty) == ("v1.2.3", 1, ("fix: größer",), False)
    text = worktree.MergeFile().merge("a\n", "b\n", "c\n")
    _user(ODD)
    assert worktree.revision(lair.root, name="orders", messages=True) == before
    assert worktree.MergeFile().merge("a\n", "b\n", "c\n") == text
    lair.write("größe", "b\n")
    with pytest.raises(PipelinekitError, match="1 changed file"):
        checkouts.require_clean(lair.root)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIT_DIR", "/nowhere"),
        ("GIT_WORK_TREE", "/tmp"),
        ("GIT_INDEX_FILE", "/nowhere"),
        ("GIT_OBJECT_DIRECTORY", "/nowhere"),
        ("GIT_COMMON_DIR", "/nowhere"),
        ("GIT_NAMESPACE", "x"),
        ("GIT_CONFIG", "/nowhere"),
        ("GIT_CONFIG_PARAMETERS", "'core.bare'='true'"),
        ("GIT_EXTERNAL_DIFF", "false"),
        ("GIT_TRACE", "1"),
        ("GIT_ICASE_PATHSPECS", "1"),
        ("GIT_ATTR_SOURCE", "nowhere"),
        ("GIT_SHALLOW_FILE", "/nowhere"),
        ("GIT_DEFAULT_HASH", "sha256"),
        ("LANGUAGE", "de"),
        ("GIT_PAGER", "false"),
    ],
)
def test_no_variable_leads_git_elsewhere(
    lair: Lair, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    before = worktree.revision(lair.root, name="orders")
    monkeypatch.setenv(name, value)
    assert worktree.revision(lair.root, name="orders") == before
    assert worktree.MergeFile().merge("a\n", "b\n", "a\n") == ("b\n", True)
    assert RemoteRepositories().head(str(lair.root), "main") == before.commit


def test_addresses_of_the_user_stand_for_others(home: Path, lair: Lair) -> None:
    _user({f"url.{lair.root.parent}/.insteadOf": "https://git.example.com/"})
    commit = lair.git("rev-parse", "HEAD")
    assert RemoteRepositories().head("https://git.example.com/orders", "main") == commit


@pytest.mark.parametrize("given", ["setting", "variable"])
def test_the_users_way_to_ssh_counts(
    home: Path, lair: Lair, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    # What answers nothing at once: git would wait for a word of it.
    ssh = f"touch {lair.canary}; false"
    if given == "setting":
        _user({"core.sshCommand": ssh})
    else:
        monkeypatch.setenv("GIT_SSH_COMMAND", ssh)
    with pytest.raises(ToolFailed):
        RemoteRepositories().head("ssh://git@127.0.0.1:9/orders", "main")
    assert lair.canary.exists()


def test_the_users_credential_helper_is_asked(home: Path, lair: Lair) -> None:
    _user({"credential.helper": f"!{lair.command}"})
    with git.nowhere() as here:
        here.run("credential", "fill", stdin="protocol=https\nhost=git.example.com\n\n")
    assert lair.canary.exists()


def test_who_commits_may_depend_on_where(home: Path, lair: Lair) -> None:
    (home / "work").write_text("[user]\n\temail = work@example.com\n")
    _user({"user.name": "Ada", "user.email": "ada@example.com"})
    _user({f"includeIf.gitdir:{lair.root.parent}/.path": str(home / "work")})
    lair.write("b", "b")
    checkouts.commit(lair.root, ["b"], branch="", message="One", push_to="")
    assert lair.git("log", "-1", "--format=%an %ae") == "Ada work@example.com"
    lair.git("config", "user.email", "here@example.com")
    lair.write("b", "c")
    checkouts.commit(lair.root, ["b"], branch="", message="Two", push_to="")
    assert lair.git("log", "-1", "--format=%an %ae") == "Ada here@example.com"


def test_the_user_signs_what_is_committed(home: Path, lair: Lair) -> None:
    _user({"user.name": "Ada", "user.email": "ada@example.com", "commit.gpgSign": "true"})
    _user({"gpg.program": lair.command})
    lair.write("b", "b")
    with pytest.raises(ToolFailed, match="sign"):
        checkouts.commit(lair.root, ["b"], branch="", message="One", push_to="")
    assert lair.canary.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_somebody_else_counts_when_the_user_says_so(home: Path, lair: Lair) -> None:
    os.chown(lair.root, 12345, 12345)
    with pytest.raises(ToolFailed, match="dubious ownership") as caught:
        worktree.revision(lair.root, name="orders")
    assert "safe.directory" in caught.value.faults[0].hint
    _user({"safe.directory": str(lair.root)})
    assert worktree.revision(lair.root, name="orders").tag == "v1.2.3"


@pytest.mark.parametrize(("setting", "is_clean"), [("input", True), ("false", False)])
def test_line_ends_count_as_the_user_and_the_attributes_say(
    home: Path, lair: Lair, setting: str, is_clean: bool
) -> None:
    _user({"core.autocrlf": setting})
    lair.write("größe", "a\r\n")
    assert worktree.revision(lair.root, name="orders").dirty is not is_clean
    lair.write(".git/info/attributes", "* text eol=lf\n")
    assert worktree.revision(lair.root, name="orders").dirty is False


# --- files behind a filter ------------------------------------------------------------------------


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


# --- the tool itself ------------------------------------------------------------------------------


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
