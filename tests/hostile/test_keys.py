"""Every key of git's documentation that names a program, in a repository's own configuration: none runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipelinekit.adapters.source import addresses, checkouts, git, worktree
from pipelinekit.adapters.source.clone import content
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.platform.document import Registration
from tests.hostile.zoo import HOOKS, Lair

PROGRAMS = (
    *("core.fsmonitor", "core.hooksPath", "core.pager", "core.editor", "core.askPass"),
    *("core.sshCommand", "core.gitProxy", "core.alternateRefsCommand", "core.attributesFile"),
    *("core.excludesFile", "diff.external", "diff.zoo.command", "diff.zoo.textconv"),
    *("difftool.zoo.cmd", "diff.guitool", "filter.zoo.clean", "filter.zoo.smudge"),
    *("filter.zoo.process", "merge.zoo.driver", "mergetool.zoo.cmd", "gpg.program"),
    *("gpg.openpgp.program", "gpg.x509.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand"),
    *("credential.helper", "credential.https://127.0.0.1.helper", "remote.origin.uploadpack"),
    *("remote.origin.receivepack", "remote.origin.vcs", "uploadpack.packObjectsHook"),
    *("sequence.editor", "interactive.diffFilter", "trailer.zoo.command", "trailer.zoo.cmd"),
    *("pager.log", "pager.status", "pager.rev-list", "pager.for-each-ref", "pager.ls-files"),
    *("pager.config", "alias.log", "alias.rev-list", "alias.st", "init.templateDir"),
    *("submodule.inner.update", "web.browser", "browser.zoo.cmd", "man.viewer", "man.zoo.cmd"),
    *("help.browser", "instaweb.browser", "guitool.zoo.cmd", "gc.recentObjectsHook"),
    *("receive.procReceiveRefs", "tar.zoo.command", "ssh.variant", "sendemail.smtpServer"),
    *("sendemail.toCmd", "imap.tunnel", "http.proxy", "bundle.heuristic", "fsmonitor.socketDir"),
    *("hook.zoo.command", "hook.zoo.event", "commit.template", "trace2.eventTarget"),
    *("lfs.customtransfer.zoo.path", "lfs.extension.zoo.clean"),
)
SWITCHES = {
    "commit.gpgSign": "true",
    "commit.verbose": "true",
    "tag.gpgSign": "true",
    "push.gpgSign": "true",
    "log.showSignature": "true",
    "gpg.format": "ssh",
    "filter.zoo.required": "true",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "core.untrackedCache": "true",
    "core.bare": "true",
    "submodule.recurse": "true",
    "fetch.recurseSubmodules": "true",
    "push.recurseSubmodules": "check",
    "gc.auto": "1",
    "maintenance.auto": "true",
    "status.submoduleSummary": "true",
    "url.ext::sh .insteadOf": "/",
}
"""What makes git use the programs above."""


@pytest.fixture
def lair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lair:
    """A repository whose every file has drivers of an invented name, with a remote that takes pushes."""
    lair = Lair(tmp_path / "orders")
    lair.root.mkdir()
    lair.git("init", "--quiet", "--initial-branch=main")
    lair.write(".gitattributes", "* filter=zoo diff=zoo merge=zoo\n")
    lair.write("a", "a\n")
    lair.commit()
    lair.git("clone", "--quiet", "--bare", str(lair.root), str(tmp_path / "remote"))
    lair.git("remote", "add", "origin", str(tmp_path / "remote"))
    for name in HOOKS:
        lair.write(f".git/hooks/{name}", f"#!/bin/sh\n{lair.command}\n")
        (lair.root / ".git" / "hooks" / name).chmod(0o755)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "t")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "t@example.com")
    lair.canary.unlink(missing_ok=True)
    return lair


def _all_that_we_do(lair: Lair) -> None:
    """Every call that the door is used for, in this repository."""
    registration = Registration(name="orders", team="pay", repository=str(lair.root.parent / "remote"))
    assert worktree.place(lair.root) == (".", "main")
    before = worktree.revision(lair.root, name="orders", messages=True)
    assert before.commit
    checkouts.require_clean(lair.root)
    lair.write("a", "b\n")
    lair.write("new", "new\n")
    assert worktree.revision(lair.root, name="orders").dirty
    with git.repository(lair.root) as repo:
        assert repo
        assert content.changed(repo, ".") == ["a"]
    to = registration.repository
    assert checkouts.commit(lair.root, ["a"], branch="", message="One", push_to=to)
    assert checkouts.commit(lair.root, ["new"], branch="made", message="Two", push_to=to)
    assert not worktree.init(lair.root)
    with checkouts.clone(registration) as clone:
        assert (clone / "a").read_text() == "b\n"
    assert lair.git("--git-dir", to, "log", "-1", "--format=%s", "made") == "Two"


def _configure(lair: Lair, settings: dict[str, str]) -> None:
    file = lair.root / ".git" / "config"
    for key, value in settings.items():
        subprocess.run(["git", "config", "--file", str(file), key, value], check=True)


@pytest.mark.parametrize("first", range(0, len(PROGRAMS), 6))
def test_a_repositorys_own_program_never_runs(lair: Lair, first: int) -> None:
    folder = str(lair.root / ".git" / "hooks")
    some = {key: folder if key == "core.hooksPath" else lair.command for key in PROGRAMS[first : first + 6]}
    _configure(lair, {**SWITCHES, **some})
    _all_that_we_do(lair)
    assert not lair.canary.exists()


def test_all_of_them_together_do_not_run_either(lair: Lair) -> None:
    _configure(lair, {**SWITCHES, **dict.fromkeys(PROGRAMS, lair.command)})
    _all_that_we_do(lair)
    assert not lair.canary.exists()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"core.fsmonitor": ""}, ["status"]),
        ({"filter.zoo.clean": ""}, ["add", "--all"]),
        ({}, ["commit", "--quiet", "--allow-empty", "--message", "x"]),
        ({"diff.external": ""}, ["diff", "HEAD"]),
        ({"core.alternateRefsCommand": ""}, ["fetch", "--quiet", "origin"]),
    ],
)
def test_the_animals_bite_whoever_does_not_take_care(
    lair: Lair, settings: dict[str, str], words: list[str]
) -> None:
    """What is tried here does run a program in plain git: a canary that is not there means something."""
    _configure(lair, dict.fromkeys(settings, lair.command))
    (lair.root / ".git" / "objects" / "info" / "alternates").write_text(
        f"{lair.root.parent}/remote/objects\n"
    )
    lair.write("a", "c\n")
    subprocess.run(["git", "-c", "user.name=t", *words], cwd=lair.root, check=False, capture_output=True)
    assert lair.canary.exists()


@pytest.mark.parametrize(
    "address",
    [
        *("ext::sh -c 'touch canary'", "fd::7", "--upload-pack=touch canary", "-x", "", "a\nb", "a\0b"),
        *(
            "ftp://example.com/x",
            "::x",
            "HTTPS://example.com/x",
            "codecommit::eu://x",
            "persistent-https://x/y",
        ),
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(PipelinekitError, match="is no address of a git repository"):
        addresses.address(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/x",
        "ssh://git@example.com/x",
        "git@example.com:x/y.git",
        "file:///x",
        "/x",
        "git://x/y",
    ],
)
def test_an_address_that_is_one_stays_as_it_is(address: str) -> None:
    assert addresses.address(address) == address


def test_a_path_is_taken_from_where_we_are() -> None:
    assert addresses.address("./x") == str(Path.cwd() / "x")


@pytest.mark.parametrize(
    "name", ["", "a b", "a..b", "a:b", "+a:refs/heads/b", "*", "a\nb", "a~1", "x.lock", "@{-1}"]
)
def test_a_branch_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(PipelinekitError, match="cannot be the name of a branch"):
        addresses.head(name)


def test_a_branch_with_the_name_of_an_option_is_a_branch(lair: Lair) -> None:
    name = f"--upload-pack={lair.command}"
    remote = lair.root.parent / "remote"
    lair.git("--git-dir", str(remote), "update-ref", f"refs/heads/{name}", "main")
    registration = Registration(name="orders", team="pay", repository=str(remote), branch=name)
    with checkouts.clone(registration) as clone:
        assert (clone / "a").read_text() == "a\n"
    assert not lair.canary.exists()


def test_a_tag_is_no_branch(lair: Lair) -> None:
    remote = lair.root.parent / "remote"
    lair.git("--git-dir", str(remote), "tag", "one", "main")
    registration = Registration(name="orders", team="pay", repository=str(remote), branch="one")
    with pytest.raises(PipelinekitError, match="has no branch 'one'"), checkouts.clone(registration):
        pass
