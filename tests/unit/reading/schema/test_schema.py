from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pipelinekit.reading.schema import SCHEMAS, Schema


def parts(schema: Any, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Every schema inside a schema, with its path."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for name, each in schema.get("properties", {}).items():
        yield from parts(each, f"{path}.{name}")
    for keyword in ("items", "additionalProperties", "propertyNames"):
        yield from parts(schema.get(keyword), f"{path}<{keyword}>")
    for name, each in schema.get("$defs", {}).items():
        yield from parts(each, f"{path}<{name}>")


PARTS = [(kind + path, each) for kind, schema in SCHEMAS.items() for path, each in parts(schema)]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_schemas_are_schemas(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])


def test_every_mapping_is_closed_or_says_what_its_keys_and_values_are() -> None:
    loose = [
        path
        for path, each in PARTS
        if each.get("type") == "object"
        and each.get("additionalProperties") is not False
        and not ("propertyNames" in each and isinstance(each.get("additionalProperties"), dict))
    ]
    assert loose == []


def test_everything_has_an_end() -> None:
    limits = {"string": "maxLength", "array": "maxItems", "integer": "maximum"}
    endless = [
        path
        for path, each in PARTS
        for kind in ([each["type"]] if isinstance(each.get("type"), str) else each.get("type", ()))
        if kind in limits and limits[kind] not in each
    ]
    assert endless == []


def test_every_pattern_is_anchored_compiles_and_has_words_for_its_refusal() -> None:
    for path, each in PARTS:
        if "pattern" in each:
            assert each["pattern"].startswith("^"), path
            assert each["pattern"].endswith("$"), path
            re.compile(each["pattern"])
            assert each["patternErrorMessage"], path


def test_every_field_is_described_to_editors() -> None:
    bare = [
        f"{path}.{name}"
        for path, each in PARTS
        for name, field in each.get("properties", {}).items()
        if not field.get("description")
        and field.get("type") != "object"
        and not {"const", "$ref"} & field.keys()
    ]
    assert bare == []
