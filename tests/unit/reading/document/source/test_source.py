"""All of YAML at random, and where in a text its parts stand."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pipelinekit.errors import Place
from pipelinekit.reading.document.source import Source, dotted, parse
from tests.unit.reading.document.source.texts import YAML_ISH, inside


@given(
    st.one_of(
        st.from_regex(r"[-+]?[0-9][-+0-9.:_eExob]*", fullmatch=True),
        st.text("yesnofTRUEtruenulloN~.=<", max_size=6),
    )
)
@example("0o8")
@example("1e+3")
@example("1.e5")
@example(".5")
@example("-.5")
def test_no_plain_word_that_stays_text_is_anything_else_to_other_readers(word: str) -> None:
    """The property behind the tables: what we take as text, PyYAML takes as the same text."""
    source = parse(f"[{word}]", "f")
    if not source.faults and source.data and isinstance(source.data[0], str) and len(word) < 20:
        assert yaml.load(f"[{word}]", Loader=yaml.CSafeLoader) == source.data


@given(st.one_of(st.text(), YAML_ISH, st.binary()))
def test_no_text_makes_it_raise_and_every_fault_is_inside(text: str | bytes) -> None:
    source = parse(text, "f")
    shown = text.decode(errors="replace") if isinstance(text, bytes) else text
    assert all(inside(each.place, shown) for each in source.faults)
    assert source.faults or source.data is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1), inner, max_size=4),
    max_leaves=20,
).filter(lambda value: value is not None)


@given(JSON, st.booleans(), st.booleans())
def test_what_another_tool_wrote_is_read_as_it_was(value: Any, flow: bool, ascii_only: bool) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=not ascii_only, sort_keys=False)
    source = parse(text, "f")
    ambiguous = {each.code for each in source.faults}
    assert source.data == value or ambiguous <= {"yaml-ambiguous", "byte-order-mark"}
    assert ambiguous <= {"yaml-ambiguous", "byte-order-mark"}


def test_every_part_knows_where_it_stands() -> None:
    source = parse("a:\n  b: [c, {d: e}]\n", "f")
    assert source.place(("a",)) == Place("f", 1, 1)
    assert source.place(("a", "b")) == Place("f", 2, 3)
    assert source.place(("a", "b", 0)) == Place("f", 2, 7)
    assert source.place(("a", "b", 1, "d")) == Place("f", 2, 11)


@pytest.mark.parametrize("path", [("a", "x"), ("a", "x", 3), ("a",)])
def test_what_is_not_there_has_the_place_of_what_it_should_be_in(path: tuple[str | int, ...]) -> None:
    assert parse("\na: {b: c}", "f").place(path) == Place("f", 2, 1)


def test_without_a_document_a_place_is_the_text_as_a_whole() -> None:
    assert Source("f").place(("a",)) == Place("f")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("a",), "a"),
        (("a", "b", 0, "c", 1, 2), "a.b[0].c[1][2]"),
        ((0, "a"), "[0].a"),
    ],
)
def test_paths_read_as_people_write_them(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text
