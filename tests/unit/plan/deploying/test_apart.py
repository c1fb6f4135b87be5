"""Two values side by side never look alike where they are not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.plan.deploying.apart import LONGEST, apart, short, windows

LINE = "--set=" + "x" * 100


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (3, 4, ("3", "4")),
        (None, {"a": 1}, ("nothing", '{"a": 1}')),
        (
            ["--flag"] * 20 + ["a"],
            ["--flag"] * 20 + ["b"],
            ('…--flag", "--flag", "a"]', '…--flag", "--flag", "b"]'),
        ),
        (
            {"a": "x" * 80, "b": 1},
            {"a": "x" * 80, "b": 2},
            ('…xxxxxxxxxxxx", "b": 1}', '…xxxxxxxxxxxx", "b": 2}'),
        ),
        (f"one\n{LINE}a\n", f"one\n{LINE}b\n", (f"…{'x' * 20}a", f"…{'x' * 20}b")),
        ("a", "a\n", ('"a"', '"a\\n"')),
        ("a ", "a", ('"a "', '"a"')),
        ("1", 1, ('"1"', "1")),
        ("same", "same", ("same", "same")),
    ],
)
def test_both_are_shown_where_they_are_apart(one: Any, other: Any, expected: tuple[str, str]) -> None:
    assert apart(one, other) == expected


def test_what_begins_alike_for_a_little_is_shown_from_its_beginning() -> None:
    assert windows("abc" + "x" * 90, "abd" + "x" * 90)[0].startswith("abcx")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab \n", max_size=100),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, JSON, st.integers(0, 90))
def test_what_is_not_the_same_does_not_look_the_same(one: Any, other: Any, before: int) -> None:
    common = ["x" * before]
    shown = apart([*common, one], [*common, other])
    assert (shown[0] == shown[1]) is (json.dumps(one) == json.dumps(other))
    assert all(len(each) <= LONGEST for each in shown)


def test_one_value_alone_is_cut_at_its_end() -> None:
    assert short("x" * 100) == "x" * (LONGEST - 1) + "…"
