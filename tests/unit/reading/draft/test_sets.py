from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.draft.sets import read_sets


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=1", {"a": 1}),
        ("a.b=true,a.c=x", {"a": {"b": True, "c": "x"}}),
        ("a={p,q}", {"a": ["p", "q"]}),
        ("a={}", {"a": [""]}),
        ("a[0]=x,a[1].b=2", {"a": ["x", {"b": 2}]}),
        (r"a\.b=x", {"a.b": "x"}),
        (r"a=x\,y", {"a": "x,y"}),
        ("a=null", {"a": None}),
        ("a=007", {"a": "007"}),
        ("a=x=y", {"a": "x=y"}),
        ("a=", {"a": ""}),
        ("a=1.5", {"a": "1.5"}),
        ("a[0][1]=x", {"a": [[None, "x"]]}),
        (r"a={x\,y,z},b=TRUE", {"a": ["x,y", "z"], "b": True}),
        (r"a\[0]=+1", {"a[0]": 1}),
        ("a=1,", {"a": 1}),
    ],
)
def test_values_as_helm_reads_them(text: str, values: dict[str, Any]) -> None:
    assert read_sets([text], "draft.toml") == values


def test_later_ones_are_on_top() -> None:
    assert read_sets(["a.b=1", "a.c=2", "a.b=3"], "draft.toml") == {"a": {"b": 3, "c": 2}}


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "=x",
        "[0]=x",
        "a[x]=1",
        "a[70000]=1",
        "a..b=1",
        "a[0]=1,a.b=2",
        "a={b",
        "a=b{c,d}",
        "a[0]b=1",
        " a=1",
        "a[1",
        "a=1,a.b=2",
    ],
)
def test_what_is_no_assignment_is_a_fault(text: str) -> None:
    with pytest.raises(DocumentInvalid):
        read_sets([text], "draft.toml")


def test_what_a_line_makes_is_bounded() -> None:
    deep, many = ".".join("a" * 31), ",".join(f"a{number}[999]=1" for number in range(70))
    for text, reason in ((f"{deep}=1", "names deep"), (f"a{'[0]' * 40}=1", "deep"), (many, "items")):
        with pytest.raises(DocumentInvalid) as caught:
            read_sets([text], "draft.toml")
        assert reason in caught.value.faults[0].problem


@given(st.text(max_size=40))
def test_any_text_is_values_or_a_fault(text: str) -> None:
    try:
        read_sets([text], "draft.toml")
    except DocumentInvalid:
        return
