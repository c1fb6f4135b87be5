"""References of a schema that Helm would go to a server for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelinekit.reading.chart.references import remote

THERE = "http://127.0.0.1:1/a.json"
ID = "https://schemas.example/chart.json"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"$ref": THERE}, [("$ref", THERE)]),
        ({"$ref": f"{THERE}#/a"}, [("$ref", f"{THERE}#/a")]),
        (
            {"properties": {"a": {"items": {"$ref": "HTTPS://h.example/x"}}}},
            [("$ref", "HTTPS://h.example/x")],
        ),
        ({"allOf": [{"$dynamicRef": THERE}]}, [("$dynamicRef", THERE)]),
        ({"$schema": "https://other.example/draft"}, [("$schema", "https://other.example/draft")]),
        ({"$id": ID, "$ref": "b.json"}, [("$ref", "https://schemas.example/b.json")]),
        ({"$ref": "//h.example/x", "$id": ID}, [("$ref", "https://h.example/x")]),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, []),
        ({"properties": {"a": {"$ref": "https://json-schema.org/draft/2020-12/schema"}}}, []),
        ({"$ref": "#/$defs/a", "$defs": {"a": {}}}, []),
        ({"$id": ID, "properties": {"a": {"$ref": "#/$defs/a"}}}, []),
        ({"$defs": {"a": {"$id": ID}}, "$ref": f"{ID}#/x"}, []),
        ({"$ref": "other.json"}, []),
        ({"$ref": "file:///a.json"}, []),
        ({"properties": {"$ref": {"type": "string"}}}, []),
        ({"default": {"$ref": THERE}, "enum": [{"$ref": THERE}], "const": {"$ref": THERE}}, []),
        ({"$ref": 5, "$id": []}, []),
        ({"$ref": "http://[", "$id": "http://[x"}, [("$ref", "http://[")]),
        ({"id": THERE, "$ref": THERE}, [("$ref", THERE)]),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "id": THERE, "$ref": THERE}, []),
        ([{"$ref": THERE}], [("$ref", THERE)]),
        (5, []),
    ],
)
def test_what_leads_to_a_server_is_found(schema: Any, expected: list[tuple[str, str]]) -> None:
    assert [(path[-1], address) for path, address in remote(json.dumps(schema))] == expected


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null"])
def test_what_is_no_json_is_for_helm_to_tell(text: str) -> None:
    assert remote(text) == ()
