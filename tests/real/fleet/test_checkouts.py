"""`generate --all` as a platform engineer runs it over folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.real import remotes
from tests.real.app import Application
from tests.real.fleet.site import EXPECTED, TITLES, Fleet, descriptor, platform
from tests.real.remotes import git


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file's content and time below a folder, git's own folder aside."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


@pytest.fixture
def checkouts(tmp_path: Path) -> Fleet:
    """Five checkouts, two of them below their team's; one is invalid, one has a Jenkinsfile already."""
    fleet = Fleet(Application(tmp_path, "", "", remotes.AUTHOR))
    for title in TITLES[:-1]:
        name = title.split("/")[1]
        folder = tmp_path / "src" / (title if name in {"one", "two"} else name)
        folder.mkdir(parents=True)
        (folder / "app.yaml").write_text(descriptor(name, language="gp" if name == "invalid" else "go"))
        if name == "conflict":
            (folder / "Jenkinsfile").write_text("node {}\n")
        git("init", "--quiet", "--initial-branch=main", cwd=folder)
        git("add", "--all", cwd=folder)
        git("commit", "--quiet", "--message", "First version", cwd=folder)
    (tmp_path / "platform.yaml").write_text(platform({title: f"https://{title}.invalid" for title in TITLES}))
    return fleet


def test_one_run_goes_through_all_checkouts_whatever_some_of_them_say(checkouts: Fleet) -> None:
    said = checkouts.all("--checkouts", "src")
    assert said.code == 5
    assert said.out == "6 applications: 3 updated, 1 conflict, 1 invalid, 1 unreachable\n"
    assert "build.language: 'gp' is not one of them" in said.err
    assert "there is no checkout of gone below src" in said.err
    assert "Jenkinsfile: in the way" in said.err
    for place in ("src/t/one", "src/t/two", "src/three"):
        assert (checkouts.folder / place / "Jenkinsfile").exists()
    assert (checkouts.folder / "src/conflict/Jenkinsfile").read_text() == "node {}\n"
    assert (checkouts.folder / "src/conflict/Dockerfile").exists(), "everything else is written"
    assert not (checkouts.folder / "src/invalid/Jenkinsfile").exists()


def test_the_second_run_says_current_and_touches_nothing(checkouts: Fleet) -> None:
    assert checkouts.states("--checkouts", "src", code=5) == EXPECTED
    before = snapshot(checkouts.folder)
    again = {title: "current" if state == "updated" else state for title, state in EXPECTED.items()}
    assert checkouts.states("--checkouts", "src", code=5) == again
    assert snapshot(checkouts.folder) == before


def test_a_check_writes_nothing_and_names_what_is_not_current(checkouts: Fleet) -> None:
    before = snapshot(checkouts.folder)
    said = checkouts.all("--checkouts", "src", "--check", "--only", "t/one", "--only", "t/two")
    assert said.code == 1
    assert "2 applications are not current" in said.err
    assert "t/one, t/two" in said.err
    assert snapshot(checkouts.folder) == before
    assert checkouts.states("--checkouts", "src", "--only", "t/one", code=0) == {"t/one": "updated"}
    assert checkouts.all("--checkouts", "src", "--check", "--only", "t/one").code == 0


def test_conflicts_alone_end_with_6(checkouts: Fleet) -> None:
    assert checkouts.states("--checkouts", "src", "--only", "t/conflict", code=6) == {
        "t/conflict": "conflict"
    }


def test_a_name_that_nobody_has_is_a_usage_error_with_the_nearest(checkouts: Fleet) -> None:
    said = checkouts.all("--checkouts", "src", "--only", "t/tow")
    assert said.code == 2
    assert "the platform has no application t/tow" in said.err
    assert "did you mean 't/two'?" in said.err


def test_an_edit_is_merged_and_a_contradiction_gets_markers_in_its_file_only(checkouts: Fleet) -> None:
    only = ("--checkouts", "src", "--only", "t/one", "--only", "t/two")
    checkouts.states(*only, code=0)
    one, two = (checkouts.folder / "src/t" / name for name in ("one", "two"))
    (one / "Dockerfile").write_text("# mine\n" + (one / "Dockerfile").read_text())
    (two / "Dockerfile").write_text((two / "Dockerfile").read_text().replace("EXPOSE 8080", "EXPOSE 1234"))
    for folder in (one, two):
        (folder / "app.yaml").write_text(descriptor(folder.name).replace("8080", "9090"))
    rows = checkouts.rows(*only)
    assert rows["t/two"]["state"] == "conflict"
    assert rows["t/two"]["files"] == ["Dockerfile"]
    assert "<<<<<<< yours" in (two / "Dockerfile").read_text()
    assert "9090" in (two / "charts/two/values.yaml").read_text()
    assert rows["t/one"]["state"] == "updated"
    merged = (one / "Dockerfile").read_text()
    assert merged.startswith("# mine\n")
    assert "EXPOSE 9090" in merged
    before = snapshot(checkouts.folder)
    assert checkouts.rows(*only)["t/two"]["state"] == "conflict"
    assert snapshot(checkouts.folder) == before


def test_a_folder_that_cannot_be_used_is_one_line_of_the_report(checkouts: Fleet) -> None:
    lock = checkouts.folder / "src/t/one/.pipelinekit/lock.yaml"
    lock.mkdir(parents=True)
    states = checkouts.states("--checkouts", "src", "--only", "t/one", "--only", "t/two", code=5)
    assert states == {"t/one": "failed", "t/two": "updated"}


def test_a_commit_has_what_was_generated_and_nothing_else(checkouts: Fleet) -> None:
    folder = checkouts.folder / "src/t/one"
    (folder / "notes.txt").write_text("not yours to commit\n")
    only = ("--checkouts", "src", "--only", "t/one")
    assert checkouts.states(*only, "--commit", "--branch", "generated", code=0) == {"t/one": "updated"}
    assert git("symbolic-ref", "--short", "HEAD", cwd=folder) == "generated"
    assert git("status", "--porcelain", cwd=folder) == "?? notes.txt"
    changed = git("diff", "--name-only", "main", "generated", cwd=folder).split()
    assert {"Jenkinsfile", "Dockerfile", ".pipelinekit/lock.yaml", ".pipelinekit/base.tar.gz"} <= set(changed)
    assert not {"notes.txt", "app.yaml"} & set(changed)
    assert checkouts.states(*only, "--commit", "--branch", "generated", code=0) == {"t/one": "current"}


def test_what_somebody_has_not_committed_is_not_committed_for_them(checkouts: Fleet) -> None:
    folder = checkouts.folder / "src/t/one"
    edited = (folder / "app.yaml").read_text() + "# half a thought\n"
    (folder / "app.yaml").write_text(edited)
    row = checkouts.rows("--checkouts", "src", "--only", "t/one", "--commit")["t/one"]
    assert row["state"] == "conflict"
    assert "1 changed file is not committed" in row["reason"]
    assert not (folder / "Jenkinsfile").exists()
    assert (folder / "app.yaml").read_text() == edited


def test_a_branch_with_commits_of_its_own_is_not_reset(checkouts: Fleet) -> None:
    folder = checkouts.folder / "src/t/one"
    git("checkout", "--quiet", "-b", "generated", cwd=folder)
    git("commit", "--quiet", "--allow-empty", "--message", "Mine", cwd=folder)
    mine = git("rev-parse", "HEAD", cwd=folder)
    git("checkout", "--quiet", "main", cwd=folder)
    row = checkouts.rows("--checkouts", "src", "--only", "t/one", "--commit", "--branch", "generated")[
        "t/one"
    ]
    assert row["state"] == "conflict"
    assert "has commits that are not in the current one" in row["reason"]
    assert git("rev-parse", "generated", cwd=folder) == mine


def test_many_checkouts_are_shared_between_processes(tmp_path: Path) -> None:
    count = 60
    for number in range(count):
        folder = tmp_path / "src" / f"app{number}"
        folder.mkdir(parents=True)
        (folder / "app.yaml").write_text(descriptor(f"app{number}"))
    shutil.rmtree(tmp_path / "src" / "app7")
    (tmp_path / "platform.yaml").write_text(
        platform({f"t/app{number}": "https://x.invalid" for number in range(count)})
    )
    fleet = Fleet(Application(tmp_path, "", "", {}))
    expected = {f"t/app{number}": "updated" for number in range(count)} | {"t/app7": "unreachable"}
    assert fleet.states("--checkouts", "src", code=5) == expected
    assert all((tmp_path / f"src/app{number}/Jenkinsfile").exists() for number in range(count) if number != 7)


def test_what_would_change_is_shown_for_each(checkouts: Fleet) -> None:
    said = checkouts.all("--checkouts", "src", "--only", "t/one", "--diff")
    assert "+++ b/t/one/Jenkinsfile" in said.out
    assert not (checkouts.folder / "src" / "one" / "Jenkinsfile").exists()
