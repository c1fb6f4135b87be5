"""`generate --all` as a platform engineer runs it: over folders, and over remotes that take pushes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.real import remotes
from tests.real.app import Application, Said
from tests.real.remotes import Bare, git

BRANCH = "pipelinekit/generate"
PORT = "port: 8080"
TITLES = ("t/one", "t/two", "t/three", "t/invalid", "t/conflict", "t/gone")


def descriptor(name: str, team: str = "t", language: str = "go") -> str:
    return (
        f"apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {{name: {name}, team: {team}}}\n"
        f"build: {{language: {language}}}\nrun:\n  {PORT}\n  replicas: 1\n"
    )


def platform(registrations: Mapping[str, str], *, credentials: str = "") -> str:
    """A platform whose applications are registered under these addresses."""
    applications = "".join(
        f"  - {{name: {title.split('/')[1]}, team: {title.split('/')[0]}, repository: '{address}'}}\n"
        for title, address in registrations.items()
    )
    charts = f", credentials: {credentials}" if credentials else ""
    return (
        "apiVersion: pipelinekit/v1\nkind: Platform\nmetadata: {name: acme}\nimages: {registry: 'r:5000'}\n"
        f"charts: {{repository: 'oci://r:5000/charts'{charts}}}\nclusters: [{{name: one}}]\n"
        "environments: [{name: dev, cluster: one, namespace: dev, automatic: true}]\n"
        f"applications:\n{applications}"
    )


@dataclass(frozen=True)
class Fleet:
    """A folder with the platform, and the command line."""

    here: Application

    @property
    def folder(self) -> Path:
        return self.here.folder

    def all(self, *arguments: str) -> Said:
        return self.here.verb("generate", "--all", "--platform", "platform.yaml", *arguments)

    def states(self, *arguments: str, code: int) -> dict[str, str]:
        """The state of each application by the report for machines."""
        said = self.all("--json", *arguments)
        assert said.code == code, said.err
        report = said.json()
        states = {title: row["state"] for title, row in report["applications"].items()}
        told = {state: count for state, count in report["counts"].items() if count}
        assert told == {state: list(states.values()).count(state) for state in set(states.values())}
        return states

    def rows(self, *arguments: str) -> dict[str, Any]:
        rows: dict[str, Any] = self.all("--json", *arguments).json()["applications"]
        return rows


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file's content and time below a folder, git's own folder aside."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


# --- folders --------------------------------------------------------------------------------------


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


EXPECTED = dict.fromkeys(TITLES[:3], "updated") | {
    "t/invalid": "invalid",
    "t/conflict": "conflict",
    "t/gone": "unreachable",
}


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
    assert "2 application(s) are not current" in said.err
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
    assert "1 changed file(s) are not committed" in row["reason"]
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


# --- remotes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remote(Fleet):
    """A fleet in bare repositories; `at` is where they are served."""

    at: str
    bares: Mapping[str, Bare]


@pytest.fixture(params=["file", "http"])
def remote(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Remote]:
    """Five repositories (one invalid, one with a Jenkinsfile of its own), and one that is not there."""
    folder = tmp_path / "git"
    bares = {}
    for title in TITLES[:-1]:
        name = title.split("/")[1]
        files = {"app.yaml": descriptor(name, language="gp" if name == "invalid" else "go")}
        if name == "conflict":
            files["Jenkinsfile"] = "node {}\n"
        bares[title] = remotes.bare(folder, name, files)
    with remotes.over_http(folder) as address:
        at = f"file://{folder}" if request.param == "file" else address
        registered = {title: f"{at}/{title.split('/')[1]}.git" for title in TITLES}
        (tmp_path / "platform.yaml").write_text(platform(registered))
        yield Remote(Application(tmp_path, "", "", remotes.AUTHOR), at, bares)


def test_remotes_are_looked_at_then_pushed_to_then_current(remote: Remote) -> None:
    heads = {title: each.branches() for title, each in remote.bares.items()}
    looked = {title: "outdated" if state == "updated" else state for title, state in EXPECTED.items()}
    assert remote.states(code=5) == looked
    assert {title: each.branches() for title, each in remote.bares.items()} == heads, "looking pushes nothing"

    assert remote.states("--commit", "--push", code=5) == EXPECTED
    for title, each in remote.bares.items():
        after = each.branches()
        assert after["main"] == heads[title]["main"], "the main branch is for people to merge into"
        if EXPECTED[title] != "updated":
            assert after == heads[title]
            continue
        assert {"Jenkinsfile", ".pipelinekit/lock.yaml"} <= each.changed(BRANCH)
        assert "app.yaml" not in each.changed(BRANCH)

    pushed = {title: each.branches() for title, each in remote.bares.items()}
    again = {title: "current" if state == "updated" else state for title, state in EXPECTED.items()}
    assert remote.states("--commit", "--push", code=5) == again
    assert {title: each.branches() for title, each in remote.bares.items()} == pushed
    reason = remote.rows("--commit", "--push", "--only", "t/one")["t/one"]["reason"]
    assert reason == f"the branch {BRANCH} has it and waits"


def test_what_the_lock_and_the_registrations_do_not_agree_about_is_told(remote: Remote) -> None:
    assert "notice: " not in remote.all("--only", "t/one").err, "without a lock there is nothing to compare"
    remote.here.verb("platform", "sync", "--platform", "platform.yaml")
    told = remote.all("--only", "t/one").err
    assert "notice: t/gone, t/invalid: registered, and not in platform.lock.yaml" in told
    document = remote.folder / "platform.yaml"
    lines = document.read_text().splitlines(keepends=True)
    document.write_text("".join(line for line in lines if "/one.git" not in line and "/gone.git" not in line))
    told = remote.all("--only", "t/two").err
    assert "notice: t/invalid: registered, and not in platform.lock.yaml" in told
    assert "notice: t/one: in platform.lock.yaml, and not registered so any more" in told
    assert "`pipelinekit platform sync`" in told


def test_a_canary_goes_first_and_alone(remote: Remote) -> None:
    assert remote.states("--only", "t/two", "--commit", "--push", code=0) == {"t/two": "updated"}
    assert [title for title, each in remote.bares.items() if BRANCH in each.branches()] == ["t/two"]


def test_a_branch_of_ours_is_replaced_and_one_that_somebody_works_on_is_not(remote: Remote) -> None:
    only = ("--only", "t/one", "--only", "t/two", "--commit", "--push")
    remote.states(*only, code=0)
    remote.bares["t/two"].commit({"Dockerfile": "# mine\n"}, branch=BRANCH)
    mine = remote.bares["t/two"].branches()[BRANCH]
    for title in ("t/one", "t/two"):
        remote.bares[title].commit({"app.yaml": descriptor(title[2:]).replace("8080", "9090")})
    rows = remote.rows(*only)
    assert rows["t/one"]["state"] == "updated"
    one = remote.bares["t/one"]
    assert "EXPOSE 9090" in one.show("Dockerfile", BRANCH)
    assert git("merge-base", "main", BRANCH, cwd=one.path) == one.branches()["main"]
    assert rows["t/two"]["state"] == "conflict"
    assert f"somebody else has committed to {BRANCH}" in rows["t/two"]["reason"]
    assert remote.bares["t/two"].branches()[BRANCH] == mine


def test_once_merged_it_is_current_without_a_word(remote: Remote) -> None:
    only = ("--only", "t/one", "--commit", "--push")
    remote.states(*only, code=0)
    one = remote.bares["t/one"]
    git("update-ref", "refs/heads/main", one.branches()[BRANCH], cwd=one.path)
    row = remote.rows(*only)["t/one"]
    assert (row["state"], row["reason"]) == ("current", None)
    assert remote.all("--only", "t/one", "--check").code == 0


def test_a_push_that_the_remote_refuses_is_a_failure_of_that_application_alone(remote: Remote) -> None:
    hook = remote.bares["t/one"].path / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'error: only on weekdays' >&2\nexit 1\n")
    hook.chmod(0o755)
    rows = remote.rows("--only", "t/one", "--only", "t/two", "--commit", "--push")
    assert (rows["t/one"]["state"], rows["t/two"]["state"]) == ("failed", "updated")
    assert f"git cannot push {BRANCH}" in rows["t/one"]["reason"]


def test_pushing_what_is_not_committed_makes_no_sense(remote: Remote) -> None:
    said = remote.all("--push")
    assert said.code == 2
    assert "--push pushes what --commit has committed" in said.err


def test_a_commit_that_would_be_thrown_away_is_refused(remote: Remote) -> None:
    said = remote.all("--commit")
    assert said.code == 2
    assert "commits in clones that are thrown away" in said.err
    assert f"--push puts it on the branch {BRANCH}" in said.err
    assert "--check and --diff only look" in remote.all("--commit", "--push", "--diff").err


def test_what_would_change_is_shown_for_each(checkouts: Fleet) -> None:
    said = checkouts.all("--checkouts", "src", "--only", "t/one", "--diff")
    assert "+++ b/t/one/Jenkinsfile" in said.out
    assert not (checkouts.folder / "src" / "one" / "Jenkinsfile").exists()
