"""YAML as Helm reads it; `tests/real/chart/test_reading.py` holds the same table against Helm itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.reading.chart.goyaml import GoLoader
from pipelinekit.reading.chart.values import read_values
from tests.goscalars import READ


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_a_plain_word_is_what_go_takes_it_for(text: str, value: Any) -> None:
    found = read_values(f"a: {text}\nb: [{text}]\n", "values.yaml")
    assert found == {"a": value, "b": [value]}
    assert type(found["a"]) is type(value)


def test_keys_are_texts() -> None:
    text = "{1: a, 1.5: b, yes: c, no: d, 0x1F: e, 2024-01-01: f, 1e3: g, ~: h}"
    assert read_values(text, "values.yaml") == {
        "1": "a", "1.5": "b", "true": "c", "false": "d",
        "31": "e", "2024-01-01": "f", "1000": "g", "null": "h",
    }  # fmt: skip


def test_mappings_are_merged() -> None:
    assert read_values("a: &a {b: 1, c: 2}\nd: {<<: *a, c: 3}", "values.yaml")["d"] == {"b": 1, "c": 3}


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
