"""Versions from the tags of real repositories."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.running import process
from pipelinekit.adapters.source import git, worktree
from pipelinekit.adapters.source.clone.tags import counted
from tests.real.tags.bench import Git, commit, told


@pytest.mark.parametrize("conventional", [False, True])
def test_of_two_tags_on_a_commit_the_highest_counts(repository: tuple[Path, Git], conventional: bool) -> None:
    folder, run = repository
    commit(folder, run, "1")
    for tag in ("v1.2.3", "v2.0.0", "v1.10.0"):
        run("tag", tag)
    assert told(folder, conventional=conventional) == "2.0.0"
    commit(folder, run, "2")
    assert told(folder, conventional=conventional) == "2.0.1"


@pytest.mark.parametrize("conventional", [False, True])
@pytest.mark.parametrize("prefix", ["", "orders/"])
def test_a_release_candidate_is_passed_over_wherever_it_stands(
    repository: tuple[Path, Git], prefix: str, conventional: bool
) -> None:
    folder, run = repository
    commit(folder, run, "1")
    run("tag", f"{prefix}v1.0.0")
    commit(folder, run, "2")
    run("tag", f"{prefix}v2.0.0-rc.1")
    assert told(folder, conventional=conventional) == "1.0.1"


def test_a_tag_without_v_is_a_version_and_a_date_is_told(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    commit(folder, run, "1")
    run("tag", "1.2.3")
    commit(folder, run, "2")
    run("tag", "2024.1.5")
    assert told(folder) == "1.2.4"
    assert worktree.revision(folder, name="orders").passed == "2024.1.5"


@pytest.mark.parametrize("conventional", [False, True])
def test_a_hotfix_that_was_merged_counts(repository: tuple[Path, Git], conventional: bool) -> None:
    folder, run = repository
    commit(folder, run, "1")
    run("tag", "v1.0.0")
    run("switch", "--quiet", "--create", "release")
    for number in range(1, 6):
        commit(folder, run, f"hotfix {number}")
        run("tag", f"v1.0.{number}")
    run("switch", "--quiet", "main")
    commit(folder, run, "2")
    assert told(folder, conventional=conventional) == "1.0.1"
    run("merge", "--quiet", "--no-ff", "--no-edit", "release")
    assert told(folder, conventional=conventional) == "1.0.7"
    facts = worktree.revision(folder, name="orders", messages=conventional)
    assert (facts.tag, facts.since, len(facts.messages)) == ("v1.0.5", 2, 2 if conventional else 0)
    # A lower tag, set by hand on what already has a higher version, takes nothing back.
    run("tag", "v1.0.6")
    commit(folder, run, "3")
    assert told(folder, conventional=conventional) == "1.0.8"


def test_a_feature_before_a_merged_hotfix_is_not_taken_back(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    commit(folder, run, "fix: 1")
    run("tag", "v1.0.0")
    run("switch", "--quiet", "--create", "release")
    commit(folder, run, "fix: hotfix")
    run("tag", "v1.0.1")
    run("switch", "--quiet", "main")
    commit(folder, run, "feat: 2")
    commit(folder, run, "feat: 3")
    assert told(folder, conventional=True) == "1.2.0"
    run("merge", "--quiet", "--no-ff", "--message", "fix: merged", "release")
    assert told(folder, conventional=True) == "1.2.1"


@pytest.mark.parametrize("message", [(), ("--annotate", "--message", "release")])
def test_a_tag_with_a_message_and_a_tag_of_a_tag_count_as_their_commits(
    repository: tuple[Path, Git], message: tuple[str, ...]
) -> None:
    folder, run = repository
    commit(folder, run, "1")
    run("tag", *message, "v1.0.0")
    run("tag", "--annotate", "--message", "again", "v1.0.1", "v1.0.0")
    run("tag", "v9.9.9", "HEAD:1")
    commit(folder, run, "2")
    run("tag", *message, "v1.0.2")
    commit(folder, run, "3")
    assert told(folder) == told(folder, conventional=True) == "1.0.3"


def test_a_tag_of_the_future_or_of_another_branch_does_not_count(repository: tuple[Path, Git]) -> None:
    folder, run = repository
    commit(folder, run, "1")
    run("tag", "v1.0.0")
    commit(folder, run, "2")
    commit(folder, run, "3")
    run("tag", "v3.0.0")
    run("switch", "--quiet", "--create", "side", "HEAD~1")
    commit(folder, run, "4")
    run("tag", "v2.0.0")
    run("branch", "--force", "main", "HEAD~1")
    run("switch", "--quiet", "main")
    assert told(folder) == "1.0.1"


@pytest.mark.parametrize("seed", range(12))
def test_versions_are_those_of_the_rule_asked_of_git_tag_by_tag(
    repository: tuple[Path, Git], seed: int
) -> None:
    folder, run = repository
    chance = random.Random(seed)  # noqa: S311 - the same histories every time
    branches = ["main"]
    commit(folder, run, "0")
    for number in range(1, 30):
        run("switch", "--quiet", chance.choice(branches))
        if chance.random() < 0.15 and len(branches) < 4:
            branches.append(f"b{number}")
            run("switch", "--quiet", "--create", branches[-1])
        if chance.random() < 0.4 and len(branches) > 1:
            run("merge", "--quiet", "--no-edit", "--no-ff", chance.choice(branches))
        else:
            commit(folder, run, str(number))
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
        assert told(folder).split("-")[0] == ".".join(map(str, wanted)), branch


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
    assert told(folder).startswith("1.100.0")
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
