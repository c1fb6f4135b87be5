"""How large a YAML text gets, without building it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.chart.values import read_values
from pipelinekit.reading.document.growth import LOADER, outgrown
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


SCALARS = ("no", "Off", "true", "~", "null", "012", "1e3", "12:30", "2024-01-01", "<<", "=", ".inf", "words")


@given(st.lists(st.sampled_from(SCALARS) | st.text("aZé09.:-+_~<=", min_size=1, max_size=8), min_size=1))
def test_a_tag_is_the_one_that_yaml_gives_however_often_it_is_asked_for(scalars: list[str]) -> None:
    lines = "".join(f"- {each}\n- '{each}'\n- !x {each}\n" for each in scalars)
    try:
        known = _tags(lines, yaml.SafeLoader)
    except yaml.YAMLError:
        return
    assert _tags(lines, LOADER) == known


def _tags(text: str, loader: type) -> list[tuple[str, str]]:
    root = yaml.compose(text, Loader=loader)
    assert root is not None
    return [(each.tag, each.value if isinstance(each, yaml.ScalarNode) else "") for each in root.value]
