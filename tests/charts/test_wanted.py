"""What components say that they want of the platform, held against what their charts need."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.reading.chart.values import overlay, read_values
from pipelinekit.reading.component import FILE, read_component
from pipelinekit.reading.needs import lacking
from tests.charts.helm import Helm
from tests.pages.charts import CHARTS

GIVEN = sorted(CHARTS.glob("*/chart/ci/*-values.yaml"))


def without(values: dict[str, Any], pointer: str) -> dict[str, Any]:
    """Values with an empty text where a pointer leads."""
    found: dict[str, Any] = copy.deepcopy(values)
    at, *steps = found, *pointer.strip("/").split("/")
    for step in steps[:-1]:
        at = at.setdefault(step, {})
    at[steps[-1]] = ""
    return found


def empty(values: Any, path: str = "") -> list[str]:
    """Pointers to each digest of values."""
    if not isinstance(values, dict):
        return []
    found = [f"{path}/digest"] if "digest" in values else []
    return found + [each for key, part in values.items() for each in empty(part, f"{path}/{key}")]


@pytest.mark.parametrize("given", GIVEN, ids=lambda it: f"{it.parts[-4]}-{it.stem}")
def test_what_is_wanted_is_what_a_chart_does_not_render_without(
    helm: Helm, whole: Callable[[Path], Path], given: Path
) -> None:
    folder = given.parents[2]
    component = read_component((folder / FILE).read_bytes())
    values = read_values(given.read_text(), str(given))
    defaults = read_values((folder / "chart" / "values.yaml").read_text(), "values.yaml")
    laid = overlay(defaults, values)
    assert not lacking(component, laid)
    pointers = {*empty(defaults), *(each.value for each in component.wants)}
    for pointer in sorted(pointers):
        lacks = lacking(component, without(laid, pointer))
        said = helm.run("template", "x", str(whole(folder / "chart")), values=without(values, pointer))
        # A refusal of the chart's that depends on much else may come late; none that is told is invented.
        if lacks:
            assert said.code != 0, f"{pointer} is wanted, and the chart renders without it"
        elif pointer.endswith("digest"):
            late = component.name == "minio" and laid["external"]["endpoint"]
            assert said.code == 0 or late, f"{pointer}: {said.err}"
