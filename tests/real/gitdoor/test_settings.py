"""The door to git: the user's settings that reach servers and say who commits count, no other one does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pipelinekit.adapters.source import checkouts, git, worktree
from pipelinekit.adapters.source.repositories import RemoteRepositories
from pipelinekit.errors import PipelinekitError, ToolFailed
from tests.hostile.zoo import Lair

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
