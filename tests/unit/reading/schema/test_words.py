from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from pipelinekit.reading.schema import Schema, words


def takes(schema: Schema, value: object) -> bool:
    return Draft202012Validator(schema).is_valid(value)


def test_a_closed_mapping_takes_its_keys_and_no_other() -> None:
    schema = words.closed({"a": words.flag("a"), "b": words.flag("b")}, "a")
    assert takes(schema, {"a": True})
    assert not takes(schema, {"b": True})
    assert not takes(schema, {"a": True, "c": True})


def test_a_line_is_one_and_not_empty() -> None:
    schema = words.line("a line", longest=5)
    assert takes(schema, "a\tb")
    for bad in ("", "a\nb", "a\rb", "a\x00", "a\u2028", "123456", 1):
        assert not takes(schema, bad), bad


def test_a_number_is_whole_and_within_its_bounds() -> None:
    schema = words.whole("a port", 1, 65535)
    assert takes(schema, 1)
    for bad in (0, 65536, 1.5, "1", None):
        assert not takes(schema, bad), bad


def test_a_mapping_s_keys_and_values_have_their_own_rules() -> None:
    schema = words.mapping(words.flag("on"), words.VARIABLE)
    assert takes(schema, {"A_1": True})
    assert not takes(schema, {"1A": True})
    assert not takes(schema, {"A": "yes"})


def test_lists_and_mappings_have_an_end() -> None:
    assert not takes(words.listing(words.flag("on")), [True] * 201)
    assert not takes(words.mapping(words.flag("on"), words.VARIABLE), {f"A{n}": True for n in range(201)})


@pytest.mark.parametrize("bad", ["a\x00b", "a\x7f", "a\x85", "\ufffe", "\uffff"])
def test_free_text_is_what_reaches_a_pod(bad: str) -> None:
    assert takes(words.ENV_VALUE, "a\n\t\u2028 \U0001f600")
    assert not takes(words.ENV_VALUE, bad)


def test_a_document_s_head_names_its_kind_and_version() -> None:
    schema = words.closed(words.head("Application", {}), "apiVersion", "kind")
    assert takes(schema, {"apiVersion": words.API_VERSION, "kind": "Application"})
    assert not takes(schema, {"apiVersion": words.API_VERSION, "kind": "Platform"})
