"""How many of what."""

from __future__ import annotations

import pytest

from pipelinekit.counts import counted


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (0, "file", "0 files"),
        (1, "file", "1 file"),
        (2, "file", "2 files"),
        (1, "changed file", "1 changed file"),
        (3, "changed file", "3 changed files"),
        (2, "repository", "2 repositories"),
        (2, "day", "2 days"),
        (2, "branch", "2 branches"),
        (2, "address", "2 addresses"),
        (-1, "day", "-1 days"),
    ],
)
def test_a_noun_goes_with_its_number(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 jobs are new"), (1, "1 job is new"), (7, "7 jobs are new")]
)
def test_a_verb_goes_with_it_too(number: int, said: str) -> None:
    assert counted(number, "job is new", "jobs are new") == said
