"""`generate --all` as a platform engineer runs it over remotes that take pushes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real import remotes
from tests.real.app import Application
from tests.real.fleet.site import BRANCH, EXPECTED, TITLES, Fleet, descriptor, platform
from tests.real.remotes import Bare, git


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
    assert "notice: " not in remote.all("--only", "t/one").err, "others' are none of its business"
    told = remote.all().err
    assert "notice: t/gone, t/invalid: registered, and not in platform.lock.yaml" in told
    document = remote.folder / "platform.yaml"
    lines = document.read_text().splitlines(keepends=True)
    document.write_text("".join(line for line in lines if "/one.git" not in line and "/gone.git" not in line))
    told = remote.all().err
    assert "notice: t/invalid: registered, and not in platform.lock.yaml" in told
    assert "notice: t/one: in platform.lock.yaml, and not registered so any more" in told
    assert "`pipelinekit platform sync --platform platform.yaml`" in told


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
