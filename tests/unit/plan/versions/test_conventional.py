"""Conventional commits: which number a message moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.plan.versions.conventional import Bump, advance, bump_of


@pytest.mark.parametrize(
    ("message", "bump"),
    [
        ("fix: a thing", Bump.PATCH),
        ("feat: a thing", Bump.MINOR),
        ("Feat(web): a thing", Bump.MINOR),
        ("feat!: a thing", Bump.MAJOR),
        ("chore(deps)!: a thing", Bump.MAJOR),
        ("fix: a thing\n\nBREAKING CHANGE: all of it", Bump.MAJOR),
        ("fix: a thing\n\nBREAKING-CHANGE: all of it", Bump.MAJOR),
        ("fix: no BREAKING CHANGE: here", Bump.PATCH),
        ("feature: a thing", Bump.PATCH),
        ("feat:a thing", Bump.PATCH),
        ("Merge pull request #1", Bump.PATCH),
        ("", Bump.PATCH),
    ],
)
def test_a_message(message: str, bump: Bump) -> None:
    assert bump_of(message) is bump


@pytest.mark.parametrize(
    ("version", "messages", "after"),
    [
        ((1, 2, 3), [], (1, 2, 3)),
        ((1, 2, 3), ["fix: a", "chore: b"], (1, 2, 5)),
        ((1, 2, 3), ["feat: a", "fix: b"], (1, 3, 1)),
        ((1, 2, 3), ["fix: a", "feat!: b", "feat: c"], (2, 1, 0)),
        ((0, 1, 0), ["feat!: a"], (0, 2, 0)),
    ],
)
def test_each_commit_moves_the_version_on(
    version: tuple[int, int, int], messages: list[str], after: tuple[int, int, int]
) -> None:
    assert advance(version, messages) == after


KINDS = st.sampled_from(["fix: x", "feat: x", "feat!: x", "x", "docs: x"])


@given(st.tuples(*[st.integers(0, 9)] * 3), st.lists(KINDS, min_size=1, max_size=12))
def test_no_two_commits_have_the_same_version(version: tuple[int, int, int], messages: list[str]) -> None:
    versions = [advance(version, messages[:count]) for count in range(len(messages) + 1)]
    assert versions == sorted(set(versions))
