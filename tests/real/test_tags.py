"""Versions from the tags of real repositories, and of their clones."""

from __future__ import annotations

import random
import shutil
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters import process
from pipelinekit.adapters.source import git, repositories, worktree
from pipelinekit.adapters.source.clone.tags import counted
from pipelinekit.adapters.source.remotetags import elsewhere
from pipelinekit.plan.versions.version import version_of
from tests.real import app

Git = Callable[..., str]


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


def _commit(folder: Path, run: Git, name: str) -> None:
    (folder / name).write_text(name)
    run("add", "--all")
    run("commit", "--quiet", "--message", name)


def _told(folder: Path, name: str = "orders", *, conventional: bool = False) -> str:
    return version_of(worktree.revision(folder, name=name, messages=conventional), conventional=conventional)


@pytest.mark.parametrize("conventional", [False, True])
def test_of_two_tags_on_a_commit_the_highest_counts(repository: tuple[Path, Git], conventional: bool) -> None:
    folder, run = repository
    _commit(folder, run, "1")
    for tag in ("v1.2.3", "v2.0.0", "v1.10.0"):
        run("tag", tag)
    assert _told(folder, conventional=conventional) == "2.0.0"
    _commit(folder, run, "2")
    assert _told(folder, conventional=conventional) == "2.0.1"


@pytest.mark.parametrize("conventional", [False, True])
@pytest.mark.parametrize("prefix", ["", "orders/"])
def test_a_release_candidate_is_passed_over_wherever_it_stands(
    repository: tuple[Path, Git], prefix: str, conventional: bool
) -> None:
    folder, run = repository
    _commit(folder, run, "1")
    run("tag", f"{prefix}v1.0.0")
    _commit(folder, run, "2")
    run("tag", f"{prefix}v2.0.0-rc.1")
    assert _told(folder, conventional=conventional) == "1.0.1"


def test_a_tag_without_v_is_a_version_and_a_date_is_told(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    _commit(folder, run, "1")
    run("tag", "1.2.3")
    _commit(folder, run, "2")
    run("tag", "2024.1.5")
    assert _told(folder) == "1.2.4"
    assert worktree.revision(folder, name="orders").passed == "2024.1.5"


@pytest.mark.parametrize("conventional", [False, True])
def test_a_hotfix_that_was_merged_counts(repository: tuple[Path, Git], conventional: bool) -> None:
    folder, run = repository
    _commit(folder, run, "1")
    run("tag", "v1.0.0")
    run("switch", "--quiet", "--create", "release")
    for number in range(1, 6):
        _commit(folder, run, f"hotfix {number}")
        run("tag", f"v1.0.{number}")
    run("switch", "--quiet", "main")
    _commit(folder, run, "2")
    assert _told(folder, conventional=conventional) == "1.0.1"
    run("merge", "--quiet", "--no-ff", "--no-edit", "release")
    assert _told(folder, conventional=conventional) == "1.0.7"
    facts = worktree.revision(folder, name="orders", messages=conventional)
    assert (facts.tag, facts.since, len(facts.messages)) == ("v1.0.5", 2, 2 if conventional else 0)
    # A lower tag, set by hand on what already has a higher version, takes nothing back.
    run("tag", "v1.0.6")
    _commit(folder, run, "3")
    assert _told(folder, conventional=conventional) == "1.0.8"


def test_a_feature_before_a_merged_hotfix_is_not_taken_back(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    _commit(folder, run, "fix: 1")
    run("tag", "v1.0.0")
    run("switch", "--quiet", "--create", "release")
    _commit(folder, run, "fix: hotfix")
    run("tag", "v1.0.1")
    run("switch", "--quiet", "main")
    _commit(folder, run, "feat: 2")
    _commit(folder, run, "feat: 3")
    assert _told(folder, conventional=True) == "1.2.0"
    run("merge", "--quiet", "--no-ff", "--message", "fix: merged", "release")
    assert _told(folder, conventional=True) == "1.2.1"


@pytest.mark.parametrize("message", [(), ("--annotate", "--message", "release")])
def test_a_tag_with_a_message_and_a_tag_of_a_tag_count_as_their_commits(
    repository: tuple[Path, Git], message: tuple[str, ...]
) -> None:
    folder, run = repository
    _commit(folder, run, "1")
    run("tag", *message, "v1.0.0")
    run("tag", "--annotate", "--message", "again", "v1.0.1", "v1.0.0")
    run("tag", "v9.9.9", "HEAD:1")
    _commit(folder, run, "2")
    run("tag", *message, "v1.0.2")
    _commit(folder, run, "3")
    assert _told(folder) == _told(folder, conventional=True) == "1.0.3"


def test_a_tag_of_the_future_or_of_another_branch_does_not_count(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    _commit(folder, run, "1")
    run("tag", "v1.0.0")
    _commit(folder, run, "2")
    _commit(folder, run, "3")
    run("tag", "v3.0.0")
    run("switch", "--quiet", "--create", "side", "HEAD~1")
    _commit(folder, run, "4")
    run("tag", "v2.0.0")
    run("branch", "--force", "main", "HEAD~1")
    run("switch", "--quiet", "main")
    assert _told(folder) == "1.0.1"


@pytest.mark.parametrize("seed", range(12))
def test_versions_are_those_of_the_rule_asked_of_git_tag_by_tag(
    repository: tuple[Path, Git], seed: int
) -> None:
    folder, run = repository
    chance = random.Random(seed)  # noqa: S311 - the same histories every time
    branches = ["main"]
    _commit(folder, run, "0")
    for number in range(1, 30):
        run("switch", "--quiet", chance.choice(branches))
        if chance.random() < 0.15 and len(branches) < 4:
            branches.append(f"b{number}")
            run("switch", "--quiet", "--create", branches[-1])
        if chance.random() < 0.4 and len(branches) > 1:
            run("merge", "--quiet", "--no-edit", "--no-ff", chance.choice(branches))
        else:
            _commit(folder, run, str(number))
        if chance.random() < 0.5:
            run("tag", "--force", f"v1.{chance.randrange(2)}.{chance.randrange(9)}")
    for branch in branches:
        run("switch", "--quiet", branch)
        ranks = []
        for tag in run("tag", "--merged", "HEAD").split():
            numbers = [int(each) for each in tag[1:].split(".")]
            count = run("rev-list", "--first-parent", "--count", f"{tag}..HEAD")
            ranks.append((*numbers[:2], numbers[2] + int(count)))
        every = int(run("rev-list", "--first-parent", "--count", "HEAD"))
        wanted = max(ranks, default=(0, 1, every))
        assert _told(folder).split("-")[0] == ".".join(map(str, wanted)), branch


def test_ten_thousand_tags_take_no_more_processes_than_one(
    repository: tuple[Path, Git], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, run = repository
    lines = ["reset refs/heads/main"]
    for number in range(1, 10_001):
        where = f"committer t <t@example.com> {1_600_000_000 + number} +0000"
        lines += ["commit refs/heads/main", f"mark :{number}", where, "data 1", "x"]
        lines += [f"reset refs/tags/v1.{number // 100}.{number % 100}", f"from :{number}", ""]
    subprocess.run(
        ["git", "fast-import", "--quiet"], input="\n".join(lines) + "\n", cwd=folder, text=True, check=True
    )
    asked: list[Sequence[str]] = []
    real = process.run

    def counting(argv: Sequence[str], **more: Any) -> process.Completed:
        asked.append(argv)
        return real(argv, **more)

    monkeypatch.setattr(process, "run", counting)
    assert _told(folder).startswith("1.100.0")
    run("tag", "v1.100.1", "HEAD~3")
    few = len(asked)
    assert worktree.revision(folder, name="orders").since == 3
    assert len(asked) - few <= few + 1


SIGNER = """#!/bin/sh
cat >/dev/null
printf '%s\\n' '[GNUPG:] SIG_CREATED ' >&2
printf '%s\\n' '-----BEGIN PGP SIGNATURE-----' '' 'x' '-----END PGP SIGNATURE-----'
"""


@pytest.mark.parametrize("conventional", [False, True])
def test_a_signed_commit_whose_signature_is_shown_makes_no_difference(
    repository: tuple[Path, Git], tmp_path: Path, conventional: bool
) -> None:
    folder, run = repository
    signer = tmp_path / "signer"
    signer.write_text(SIGNER)
    signer.chmod(0o755)
    run("config", "gpg.program", str(signer))
    for number, message in enumerate(("fix: 1", "feat: 2")):
        run("commit", "--quiet", "--allow-empty", "--gpg-sign", "--message", message)
        if not number:
            run("tag", "v1.0.0")
    assert "PGP SIGNATURE" in run("cat-file", "commit", "HEAD")
    before = worktree.revision(folder, name="orders", messages=conventional)
    assert before.since == 1
    run("config", "log.showSignature", "true")
    with git.repository(folder) as repo:
        assert repo
        found = counted(repo, before.commit, ["v1.0.0"], "orders", messages=conventional)
    assert found.messages == (("feat: 2",) if conventional else ())


# --- clones -------------------------------------------------------------------------------------------


@pytest.fixture
def published(repository: tuple[Path, Git]) -> tuple[Path, Git]:
    """A repository with an application in a folder, a hotfix merged, and a tag on its last commit."""
    folder, run = repository
    (folder / "orders").mkdir()
    (folder / "orders" / "app.yaml").write_text(APP)
    _commit(folder, run, "1")
    run("tag", "v3.0.0")
    run("tag", "--annotate", "--message", "x", "orders/v1.4.0")
    _commit(folder, run, "2")
    return folder, run


APP = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: dockerfile}
run: {port: 8080}
"""


def _asked(folder: Path, **env: str) -> app.Said:
    one = app.Application(folder / "orders", "orders", "payments", env)
    return one.verb("version", "--explain")


def test_a_commit_has_one_version_in_a_terminal_in_a_pipeline_and_in_any_clone(
    published: tuple[Path, Git], tmp_path: Path
) -> None:
    folder, run = published
    assert _asked(folder).out == _asked(folder, BRANCH_NAME="main").out == "1.4.1\n"
    clone = tmp_path / "with"
    run("clone", "--quiet", str(folder), str(clone))
    assert _asked(clone).out == _asked(clone, BRANCH_NAME="main").out == "1.4.1\n"
    without = tmp_path / "without"
    run("clone", "--quiet", "--no-tags", str(folder), str(without))
    refused = _asked(without, BRANCH_NAME="main")
    assert (refused.code, refused.out) == (6, "")
    assert "the remote has the version tag orders/v1.4.0" in refused.reason
    assert "git fetch --tags" in refused.err
    told = _asked(without)
    assert (told.code, told.out) == (0, "0.1.2\n")
    assert told.err.startswith("notice: the remote has the version tag orders/v1.4.0")
    subprocess.run(["git", "fetch", "--quiet", "--tags"], cwd=without, check=True)
    assert _asked(without, BRANCH_NAME="main").out == "1.4.1\n"
    shallow = tmp_path / "shallow"
    run("clone", "--quiet", "--depth", "1", f"file://{folder}", str(shallow))
    refused = _asked(shallow)
    assert (refused.code, "git fetch --unshallow --tags" in refused.err) == (6, True)


def test_a_remote_whose_tags_are_not_in_this_history_changes_nothing(
    published: tuple[Path, Git], tmp_path: Path
) -> None:
    folder, run = published
    run("switch", "--quiet", "--orphan", "other")
    (folder / "orders").mkdir(exist_ok=True)
    (folder / "orders" / "app.yaml").write_text(APP)
    _commit(folder, run, "another beginning")
    clone = tmp_path / "clone"
    run("clone", "--quiet", "--no-tags", "--single-branch", str(folder), str(clone))
    run("switch", "--quiet", "main")
    said = _asked(clone, BRANCH_NAME="other")
    assert (said.code, said.out) == (0, "0.1.1\n")
    assert "tag" not in said.err.replace("repository without a version tag", "")


def test_the_remote_is_asked_once_a_commit(published: tuple[Path, Git], tmp_path: Path) -> None:
    folder, run = published
    run("tag", "--delete", "v3.0.0", "orders/v1.4.0")
    clone = tmp_path / "clone"
    run("clone", "--quiet", str(folder), str(clone))
    assert _asked(clone, BRANCH_NAME="main").out == "0.1.2\n"
    # What was asked once is known, whatever the remote does.
    folder.rename(tmp_path / "gone")
    assert _asked(clone, BRANCH_NAME="main").err.count("not known") == 0
    status = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, check=True)
    assert status.stdout == b""
    (clone / "3").write_text("3")
    subprocess.run(["git", "add", "--all"], cwd=clone, check=True)
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *identity, "commit", "--quiet", "-m", "3"], cwd=clone, check=True)
    said = _asked(clone, BRANCH_NAME="main")
    assert (said.code, said.out) == (0, "0.1.3\n")
    assert "notice: this clone has no version tag; whether its remote has one is not known" in said.err
    # A word that is a few minutes old is not asked for again either.
    (tmp_path / "gone").rename(folder)
    assert "does not appear to be a git repository" in _asked(clone, BRANCH_NAME="main").err


@pytest.mark.parametrize(
    "note",
    [
        "{",
        "[]",
        '{"commit": 1}',
        "\0",
        '{"asked": "x", "tag": "v1", "trouble": "", "commit": "", "name": ""}',
    ],
)
def test_a_damaged_note_of_an_answer_is_asked_for_again(
    published: tuple[Path, Git], tmp_path: Path, note: str
) -> None:
    folder, run = published
    clone = tmp_path / "clone"
    run("clone", "--quiet", "--no-tags", str(folder), str(clone))
    kept = clone / "orders/.pipelinekit/remote/tags.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(note)
    assert _asked(clone, BRANCH_NAME="main").code == 6
    kept.unlink()
    kept.symlink_to("/dev/zero")
    assert _asked(clone, BRANCH_NAME="main").code == 6


def test_an_address_that_starts_a_program_starts_none(published: tuple[Path, Git], tmp_path: Path) -> None:
    folder, run = published
    clone = tmp_path / "clone"
    run("clone", "--quiet", "--no-tags", str(folder), str(clone))
    mark = tmp_path / "started"
    for key, value in (
        ("remote.origin.url", f"ext::sh -c touch% {mark}"),
        ("remote.origin.url", f"--upload-pack=touch {mark}"),
        ("protocol.allow", "always"),
        ("core.sshCommand", f"touch {mark}"),
        ("credential.helper", f"!touch {mark}"),
        ("remote.origin.url", "ssh://127.0.0.1:1/orders.git"),
        ("remote.origin.uploadpack", f"touch {mark}"),
    ):
        subprocess.run(["git", "config", key, value], cwd=clone, check=True)
        shutil.rmtree(clone / "orders/.pipelinekit", ignore_errors=True)
        said = _asked(clone, BRANCH_NAME="main")
        assert (said.code, said.out) == (0, "0.1.2\n")
        assert "is not known" in said.err
        assert not mark.exists(), key


def test_a_remote_that_never_answers_is_given_up(
    published: tuple[Path, Git], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, run = published
    clone = tmp_path / "clone"
    run("clone", "--quiet", "--no-tags", str(folder), str(clone))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        subprocess.run(
            ["git", "remote", "set-url", "origin", f"git://127.0.0.1:{port}/x"], cwd=clone, check=True
        )
        monkeypatch.setattr(repositories, "QUESTION", 0.2)
        commit = worktree.revision(clone / "orders", name="orders").commit
        answer = elsewhere(clone / "orders", "orders", commit)
    assert (answer.tag, answer.trouble) == ("", "git did not finish within 0 s")
