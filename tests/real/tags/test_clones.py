"""A commit has one version in whichever clone of its repository."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from pipelinekit.adapters.source import repositories, worktree
from pipelinekit.adapters.source.remotetags import elsewhere
from tests.real import app
from tests.real.tags.bench import Git, commit


@pytest.fixture
def published(repository: tuple[Path, Git]) -> tuple[Path, Git]:
    """A repository with an application in a folder, a hotfix merged, and a tag on its last commit."""
    folder, run = repository
    (folder / "orders").mkdir()
    (folder / "orders" / "app.yaml").write_text(APP)
    commit(folder, run, "1")
    run("tag", "v3.0.0")
    run("tag", "--annotate", "--message", "x", "orders/v1.4.0")
    commit(folder, run, "2")
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
    commit(folder, run, "another beginning")
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
