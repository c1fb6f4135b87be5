from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.adapters.folder import packaged
from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.chart.values import doubled, overlay, picked, read_values
from tests.documents import dump
from tests.unit.reading.document.source.texts import YAML_ISH, inside


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("# nothing\n", {}),
        ("null", {}),
        ("{}", {}),
        ("a: {b: [1, true, no]}", {"a": {"b": [1, True, False]}}),
        ('{"a": null}', {"a": None}),
    ],
)
def test_values_are_read_as_helm_reads_them(text: str, values: object) -> None:
    assert read_values(text, "values.yaml") == values


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [", "values.yaml:1:5"),
        ("a: 1\n  b: 2", "values.yaml:2:4"),
        ("a", "values.yaml"),
        ("[a]", "values.yaml"),
        ("3", "values.yaml"),
        ("a: \x00", "values.yaml"),
        (f"a: !!int {'9' * 400}", "values.yaml"),
    ],
)
def test_anything_else_is_a_fault(text: str, place: str) -> None:
    with pytest.raises(DocumentInvalid) as caught:
        read_values(text, "values.yaml")
    assert str(caught.value.faults[0].place) == place


@given(
    st.text()
    | YAML_ISH
    | st.sampled_from(["a: 2026-99-99", "a: !!int x", "a: 0b", "? {a: b}\n: c", "0x_: 1"])
)
def test_any_text_is_values_or_a_fault(text: str) -> None:
    try:
        assert isinstance(read_values(text, "values.yaml"), dict)
    except DocumentInvalid as error:
        place = error.faults[0].place
        assert place
        assert place.line is None or inside(place, text)


WHOLE = st.integers(-(2**53), 2**53)
"""Those that a float holds, as which Helm reads every number."""
VALUES: Any = st.recursive(
    st.none() | st.booleans() | WHOLE | st.text(max_size=5),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=10,
)
MAPPING = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@given(st.integers(-(10**300), 10**300))
def test_a_whole_number_of_any_size_is_read_as_the_float_that_helm_makes_of_it(number: int) -> None:
    assert read_values(dump({"a": number}), "values.yaml") == {"a": float(number)}


@given(MAPPING)
def test_what_was_written_is_read(values: dict[str, Any]) -> None:
    assert read_values(dump(values), "values.yaml") == values


@pytest.mark.parametrize(
    ("below", "above", "merged"),
    [
        ({"a": 1, "b": 2}, {"b": 3}, {"a": 1, "b": 3}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ({"a": {"b": 1}}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": {"b": 2}}, {"a": {"b": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": {"b": None}}, {"a": {"b": None}}),
    ],
)
def test_mappings_are_laid_over_each_other_key_by_key(
    below: dict[str, Any], above: dict[str, Any], merged: dict[str, Any]
) -> None:
    assert overlay(below, above) == merged


@pytest.mark.parametrize(
    ("pointers", "found"),
    [
        (["/a/b"], {"a": {"b": 1}}),
        (["/a/c", "/a/b"], {"a": {"b": 1, "c": [{"d": None}]}}),
        (["/a/c/0/d", "/not", "/a/b/c"], {}),
        (["/x~1y~0z"], {"x/y~z": ""}),
        (["/a", "/a/b"], {"a": {"b": 1, "c": [{"d": None}]}}),
        ([], {}),
    ],
)
def test_what_is_picked_stands_where_it_stood(pointers: list[str], found: dict[str, Any]) -> None:
    assert picked({"a": {"b": 1, "c": [{"d": None}]}, "x/y~z": ""}, pointers) == found


@given(MAPPING, MAPPING, MAPPING)
def test_overlaying_has_an_end_and_no_order_of_brackets(a: Any, b: Any, c: Any) -> None:
    assert overlay(a, {}) == a == overlay({}, a) == overlay(a, a)
    if all(isinstance(each, dict) for layer in (a, b, c) for each in layer.values()):
        return
    assert overlay(overlay(a, b), b) == overlay(a, b)


@given(MAPPING, MAPPING)
def test_overlaying_changes_neither(a: dict[str, Any], b: dict[str, Any]) -> None:
    before = (dump(a), dump(b))
    overlay(a, b)
    assert (dump(a), dump(b)) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a: 1\nb: {a: 1}\n", []),
        ("a: 1\na: 2\na: 3\n", ["2:1 a", "3:1 a"]),
        ("a:\n  - b: {c: 1, c: 2}\n", ["2:15 a[0].b.c"]),
        ("1: a\n'1': b\n", ["2:1 1"]),
        ("yes: a\ntrue: b\n", ["2:1 true"]),
        ("a: &a {b: 1, b: 2}\nc: *a\nd: [*a, *a]\n", ["1:14 a.b"]),
        ("a: &a {b: 1}\nc: {<<: *a, b: 2}\n", []),
        ("c: {<<: {b: 1, b: 2}}\n", ["1:16 c.<<.b"]),
        ("a: &a [*a]\n", []),
    ],
)
def test_a_key_that_is_there_twice_as_helm_has_keys(text: str, expected: list[str]) -> None:
    faults = doubled(text, "v")
    assert {each.code for each in faults} <= {"duplicate-key"}
    assert [f"{each.place}: {each.path}".removeprefix("v:").replace(": ", " ") for each in faults] == expected


def test_our_own_charts_and_values_have_no_key_twice() -> None:
    files = sorted(packaged.folder("platform-charts").rglob("values*.yaml"))
    assert len(files) > 20
    assert [each for each in files if doubled(each.read_text(), str(each))] == []
