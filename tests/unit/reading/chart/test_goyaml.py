"""YAML as Helm reads it; `tests/real/chart/test_reading.py` holds the same table against Helm itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.chart.goyaml import GoLoader
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.reading.chart.values import read_values
from tests.goscalars import KEYS, LARGE, READ


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_a_plain_word_is_what_go_takes_it_for(text: str, value: Any) -> None:
    found = read_values(f"a: {text}\nb: [{text}]\n", "values.yaml")
    assert found == {"a": value, "b": [value]}
    assert type(found["a"]) is type(value)


@pytest.mark.parametrize("text", LARGE)
def test_a_number_that_no_float_has_is_one_in_values_and_may_be_none_in_an_object(text: str) -> None:
    found = (
        read_values(f"a: {text}", "values.yaml")["a"],
        read_manifest(f"kind: A\na: {text}")[0]["a"],
    )
    assert found == LARGE[text]
    assert [type(each) for each in found] == [type(each) for each in LARGE[text]]


def test_keys_are_texts() -> None:
    text = ", ".join(f"{word}: {word}x" for word in KEYS)
    assert read_values(f"{{{text}}}", "values.yaml") == {name: f"{word}x" for word, name in KEYS.items()}


@pytest.mark.parametrize("key", ["9223372036854775808", "~", "null", "[a]"])
def test_a_key_that_go_has_no_name_for_is_refused(key: str) -> None:
    with pytest.raises(DocumentInvalid):
        read_values(f"{{? {key} : a}}", "values.yaml")


def test_mappings_are_merged() -> None:
    assert read_values("a: &a {b: 1, c: 2}\nd: {<<: *a, c: 3}", "values.yaml")["d"] == {"b": 1, "c": 3}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{b: 2, <<: {b: 1}}", {"b": 1}),
        ("{<<: {b: 1}, b: 2}", {"b": 2}),
        ("{<<: [{b: 1}, {b: 2, c: 3}]}", {"b": 1, "c": 3}),
        ("{<<: {b: 1}, <<: {b: 2}}", {"b": 2}),
    ],
)
def test_what_is_merged_counts_where_it_stands(text: str, found: Any) -> None:
    assert read_values(f"a: {text}", "values.yaml")["a"] == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!foo bar", "bar"),
        ("!!python/name:os.system x", "x"),
        ("!!python/object/apply:os.system [id]", ["id"]),
        ("!foo 12", "12"),
        ("!foo {b: 1}", {"b": 1}),
        ("!foo [1]", [1]),
        ("!!set {b, y}", {"b": None, "true": None}),
        ("!!omap [b: 1]", [{"b": 1}]),
        ("!!pairs [b: 1]", [{"b": 1}]),
        ("!!binary ////", "\ufffd\ufffd\ufffd"),
    ],
)
def test_a_tag_makes_no_other_kind_of_value(text: str, value: Any) -> None:
    assert read_values(f"a: {text}", "values.yaml") == {"a": value}


@pytest.mark.parametrize(
    "text",
    [
        "&a [*a]",
        "&a {b: *a}",
        "&a {b: [{c: *a}]}",
        "&a {<<: *a}",
        "{<<: 1}",
        "{<<: [{b: 1}, 2]}",
        ".inf",
        "-.INF",
        ".nan",
        "!!float .inf",
        "!!bool maybe",
    ],
)
def test_what_helm_refuses_is_refused(text: str) -> None:
    with pytest.raises(DocumentInvalid):
        read_values(f"a: {text}", "values.yaml")


def test_what_is_quoted_is_a_text() -> None:
    for text in READ:
        assert read_values(f"a: '{text}'", "values.yaml") == {"a": text}


@given(st.text(alphabet="0123456789+-._eExXoObByYnN~:T <=", max_size=8))
def test_whatever_stands_there_is_a_scalar_or_no_yaml(text: str) -> None:
    try:
        found = yaml.load(f"- {text}", Loader=GoLoader)  # noqa: S506 - it is safe
    except yaml.YAMLError:
        return
    assert not isinstance(found[0], (bytes, dt.date))
