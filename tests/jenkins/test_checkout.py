"""A multibranch project's checkout, and the version that the generated pipeline sees in it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.jenkins.harness import Checkout, Run, Trace, run_one
from tests.real.app import BIN

ROOT = Path(__file__).resolve().parents[2]
GIT = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_CONFIG_NOSYSTEM": "1",
}
ASKS = """\
#!/bin/sh
# Whatever the stage: what version does a verb see here?
exec "{program}" version --json
"""


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **GIT}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """An application's repository: v1.4.0, then two commits on main; a branch, and a pull request."""
    folder = tmp_path / "orders"
    words = ["new-app", "orders", "--language", "static", "--team", "payments"]
    subprocess.run([str(BIN / "pipelinekit"), *words], cwd=tmp_path, check=True, capture_output=True)
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "first")
    git(folder, "branch", "--move", "--force", "main")
    git(folder, "tag", "v1.4.0")
    for number in (1, 2):
        git(folder, "commit", "--quiet", "--allow-empty", "-m", f"change {number}")
    git(folder, "branch", "feature/x")
    git(folder, "update-ref", "refs/pull/7/head", "feature/x")
    return folder


def terminal(remote: Path, folder: Path) -> str:
    """The version in a clone of somebody's own."""
    git(remote.parent, "clone", "--quiet", str(remote), str(folder))
    done = subprocess.run(
        [str(BIN / "pipelinekit"), "version", "--json"], cwd=folder, capture_output=True, check=True
    )
    return str(json.loads(done.stdout)["version"])


def build(remote: Path, folder: Path, *, tags: bool, **facts: object) -> Trace:
    """A build of the generated Jenkinsfile whose verbs answer with the version that they see."""
    program = folder / "bin" / "pipelinekit"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(ASKS.format(program=BIN / "pipelinekit"))
    program.chmod(0o755)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    number = facts.get("pull_request")
    ref = f"refs/pull/{number}/head" if number else ""
    return run_one(
        Run(
            jenkinsfile=(remote / "Jenkinsfile").read_text(),
            workspace=folder / "workspace",
            library=ROOT,
            checkout=Checkout(str(remote), tags=tags, ref=ref),
            environment={"HOME": str(home), "PATH": f"{program.parent}:{os.environ['PATH']}"},
            **facts,  # type: ignore[arg-type]
        )
    )


def versions(trace: Trace) -> set[str]:
    assert trace.result == "SUCCESS", trace.console
    found = set()
    for step in trace.called("sh"):
        text = step.output or ""
        said: Mapping[str, object] = json.loads(text[text.index("{") : text.rindex("}") + 1])
        found.add(str(said["version"]))
    return found


def test_with_tags_every_stage_sees_the_terminals_version(remote: Path, tmp_path: Path) -> None:
    expected = terminal(remote, tmp_path / "clone")
    assert expected == "1.4.2"
    trace = build(remote, tmp_path, tags=True, branch="main")
    assert versions(trace) == {expected}
    workspace = tmp_path / "workspace"
    assert git(workspace, "tag") == "v1.4.0"
    assert "HEAD detached" in git(workspace, "status")
    # A second build in the same workspace, after main has moved on.
    git(remote, "commit", "--quiet", "--allow-empty", "-m", "change 3")
    assert versions(build(remote, tmp_path, tags=True, branch="main")) == {"1.4.3"}


def test_a_pull_request_is_a_pre_release_of_the_same_line(remote: Path, tmp_path: Path) -> None:
    (version,) = versions(build(remote, tmp_path, tags=True, branch="feature/x", pull_request=7))
    assert version.startswith("1.4.2-pr.7.g")


def test_without_the_trait_the_plugin_fetches_no_tags(remote: Path, tmp_path: Path) -> None:
    trace = build(remote, tmp_path, tags=False, branch="main")
    assert " > git fetch --no-tags --force --progress -- " in trace.console
    workspace = tmp_path / "workspace"
    assert git(workspace, "tag") == ""
    assert git(workspace, "for-each-ref", "--format=%(refname)") == "refs/remotes/origin/main"
    assert git(workspace, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


def test_a_branch_that_is_gone_ends_the_build_with_gits_reason(remote: Path, tmp_path: Path) -> None:
    trace = build(remote, tmp_path, tags=True, branch="gone")
    assert trace.result == "FAILURE"
    assert "couldn't find remote ref refs/heads/gone" in trace.console
    assert trace.called("sh") == []
