from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.reading.chart.declared import forbidden
from pipelinekit.reading.chart.reckoning import DEEPEST, MOST, reckoned

OURS = Path(__file__).resolve().parents[4] / "platform-charts"


def test_what_is_referred_to_counts_each_time() -> None:
    of_one = {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"type": "text", "enum": [1, 2, 3]}}}
    of_two = {**of_one, "properties": {"a": {"$ref": "#/$defs/x"}, "b": {"$ref": "#/$defs/x"}}}
    assert reckoned(of_one) < reckoned(of_two) < 2 * reckoned(of_one)


def doubling(steps: int) -> dict[str, Any]:
    """Each part twice the next."""
    parts = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(steps)}
    return {"$ref": "#/$defs/a0", "$defs": {**parts, f"a{steps}": {"type": "object"}}}


@pytest.mark.parametrize(
    "schema",
    [
        {"$defs": {"a": {"properties": {"b": {"$ref": "#/$defs/a"}}}}, "$ref": "#/$defs/a"},
        {"properties": {"a": {"$ref": "#"}}},
        {"$ref": "https://example.com/schema"},
        {"$dynamicRef": "#here"},
        # Found by other rules than ours, or in another document.
        {"$ref": "#/$defs/%61", "$defs": {"%61": {}, "a": {"properties": {"b": {}}}}},
        {"$ref": "#/allOf/0", "allOf": [{"properties": {"b": {}}}]},
        {"$ref": "#/$defs/gone"},
        {"properties": {"a": {"$id": "https://example.com/a", "$ref": "#/$defs/b"}}, "$defs": {"b": {}}},
        {"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": {"id": "b"}}},
    ],
)
def test_what_leads_to_itself_or_elsewhere_has_no_end(schema: dict[str, Any]) -> None:
    assert reckoned(schema) == math.inf


def test_what_says_where_it_is_itself_is_counted() -> None:
    assert reckoned({"$id": "https://example.com/a", "properties": {"a": {"default": {"id": "b"}}}}) < 10


def test_what_doubles_at_each_step_is_not_held_against_values() -> None:
    assert reckoned(doubling(60)) > MOST
    assert forbidden("a: 1\n", "mine.yaml", json.dumps(doubling(60))) == ()


def test_what_is_nested_too_deep_has_no_end() -> None:
    schema: dict[str, Any] = {}
    for _ in range(DEEPEST + 1):
        schema = {"not": schema}
    assert reckoned(schema) == math.inf


@pytest.mark.parametrize(
    "path", sorted(OURS.glob("*/chart/values.schema.json")), ids=lambda path: path.parts[-3]
)
def test_our_own_charts_have_less(path: Any) -> None:
    assert reckoned(json.loads(path.read_text())) < MOST / 10
