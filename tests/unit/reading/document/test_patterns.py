from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelinekit.reading.document import patterns
from pipelinekit.reading.document.faults import note
from pipelinekit.reading.document.source import parse
from tests.pages.charts import CHARTS

DURATION = "^([1-9][0-9]?s|[1-5]m)$"


@pytest.mark.parametrize(
    ("pattern", "text", "hint"),
    [
        (DURATION, "30", f"expected: {DURATION}, for example 30s; perhaps 30s"),
        (DURATION, "soon", f"expected: {DURATION}, for example 30s"),
        (
            "^[1-9][0-9]*(Ki|Mi|Gi)$",
            "10",
            "expected: ^[1-9][0-9]*(Ki|Mi|Gi)$, for example 10Gi; perhaps 10Gi",
        ),
        ("^/.", "data", "expected: ^/., for example /data"),
        ("^[a-z]([-a-z0-9]*[a-z0-9])?$", "A b", "expected: ^[a-z]([-a-z0-9]*[a-z0-9])?$, for example web-1"),
        ("^.{3,}$", "x", "expected: ^.{3,}$"),
        ("^x{9}$", "x", "expected: ^x{9}$"),
        (r"^\\p{Lu}$", "x", r"expected: ^\\p{Lu}$"),
        ("^[0-9]+s$", "", "expected: ^[0-9]+s$, for example 30s"),
    ],
)
def test_a_pattern_without_words_comes_with_something_that_fits_it(
    pattern: str, text: str, hint: str
) -> None:
    assert patterns.rule(text, {"pattern": pattern}) == hint


def test_a_pattern_with_words_of_its_own_has_those() -> None:
    words = {"pattern": DURATION, "patternErrorMessage": "a duration"}
    assert patterns.rule("30", words) == "expected: a duration; perhaps 30s"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("30", f"expected: {DURATION}, for example 30s; perhaps 30s"),
        ('"30"', f"expected: {DURATION}, for example 30s; perhaps 30s"),
    ],
)
def test_a_number_is_not_to_be_quoted_where_the_text_would_not_fit_either(written: str, hint: str) -> None:
    from jsonschema_rs import Draft202012Validator

    schema = {"properties": {"interval": {"type": "string", "pattern": DURATION}}}
    source = parse(f"interval: {written}\n", "f")
    for error in Draft202012Validator(schema).iter_errors(source.data):
        note(source, source.data, schema, error)
    assert [each.hint for each in source.faults] == [hint]


def patterns_of(schema: object) -> list[str]:
    """The patterns of a schema that have no words of their own, and are not of what must not be."""
    if isinstance(schema, list):
        return [found for each in schema for found in patterns_of(each)]
    if not isinstance(schema, dict):
        return []
    own = schema.get("pattern")
    found = [own] if isinstance(own, str) and "patternErrorMessage" not in schema else []
    return found + [each for key, part in schema.items() if key != "not" for each in patterns_of(part)]


@pytest.mark.parametrize(
    "chart", sorted(CHARTS.glob("*/chart/values.schema.json")), ids=lambda it: it.parts[-3]
)
def test_each_pattern_of_a_chart_of_ours_has_something_that_fits_it(chart: Path) -> None:
    for pattern in patterns_of(json.loads(chart.read_text())):
        # What takes any line is refused for a character that nobody sees.
        if not patterns.fits(pattern, "Web 1"):
            _, said, example = patterns.rule("", {"pattern": pattern}).rpartition(", for example ")
            assert said, pattern
            assert patterns.fits(pattern, example), pattern
