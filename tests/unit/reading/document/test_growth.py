"""How large a YAML text gets, without building it."""

from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.chart.values import read_values
from pipelinekit.reading.document.growth import outgrown
from pipelinekit.reading.document.source import DOCUMENT, parse

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9)
)


def test_an_alias_counts_as_what_it_stands_for() -> None:
    text = "a: &a [x, x]\nb: [*a, *a]\n"
    # The mapping, two keys, two lists, two values, and two lists of two.
    assert outgrown(text, "x", 13, 3) is None
    assert outgrown(text, "x", 12, 3) is not None
    assert outgrown(text, "x", 13, 1) is not None


def test_bombs_are_faults_with_a_place() -> None:
    fault = outgrown(BOMB, "x", 1000, 10)
    assert fault is not None
    assert fault.place is not None
    assert fault.place.line == 3
    with pytest.raises(DocumentInvalid, match="grow beyond"):
        read_values(BOMB, "values.yaml")
    with pytest.raises(DocumentInvalid, match="grow beyond"):
        read_values("[" * 500 + "]" * 500, "values.yaml")


def test_a_long_document_is_counted_before_it_is_built() -> None:
    many = "x: [" + "a," * 10 * DOCUMENT.values + "]"
    assert [each.code for each in parse(many, "x").faults] == ["yaml-too-deep"]
    assert parse("x: " + "a" * 200_000, "x").faults == []
