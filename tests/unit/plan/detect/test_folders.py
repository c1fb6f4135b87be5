from __future__ import annotations

import time

import pytest

from pipelinekit.plan.detect.folders import below, fits, naming


@pytest.mark.parametrize(
    ("pattern", "named", "others"),
    [
        ("packages/*", ["packages/api"], ["packages", "packages/api/src", "other/api"]),
        ("./packages/*/", ["packages/api"], ["packages/api/src"]),
        ("packages/**", ["packages", "packages/api", "packages/api/src"], ["other"]),
        ("**/test/**", ["test", "a/test", "a/test/b"], ["a", "testing"]),
        ("apps/web-*", ["apps/web-1", "apps/web-"], ["apps/web", "apps/web-1/a"]),
        ("apps/v?", ["apps/v1"], ["apps/v", "apps/v12"]),
        ("a.b", ["a.b"], ["axb"]),
        (".", [], ["a"]),
        ("", [], ["a"]),
        ("../*", [], ["a", "a/b"]),
        ("[", ["["], ["a"]),
    ],
)
def test_a_pattern_names_folders(pattern: str, named: list[str], others: list[str]) -> None:
    assert [each for each in (*named, *others) if fits(pattern, each)] == named


@pytest.mark.parametrize("pattern", ["*a" * 40 + "b", "**/" * 40 + "b", "**/a/" * 40 + "b"])
def test_no_pattern_is_tried_in_every_way(pattern: str) -> None:
    """There are more ways than anybody waits for."""
    assert not fits(pattern, "a" * 200)
    assert not fits(pattern, "/".join("a" * 200))


def test_what_is_in_a_folder_is_as_if_it_stood_alone() -> None:
    assert below({"a/b.py": "1", "ab/c.py": "2", "d.py": "3"}, "a") == {"b.py": "1"}


def test_of_a_workspace_any_number_of_names_counts_and_few_patterns() -> None:
    names = [f"m{number}" for number in range(20_000)]
    named = naming([*names, *(f"*{'a*' * 40}{number}" for number in range(5_000))])
    assert all(map(named, names))
    began = time.process_time()
    assert not any(named("a" * 80 + each + "b") for each in names[:2_000])
    assert time.process_time() - began < 20
    assert naming(["./packages/*/", " "])("packages/api")
