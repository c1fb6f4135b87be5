from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.chart.libraries import check_libraries, libraries_in

CHART = """apiVersion: v2
name: store
dependencies:
  - name: pk-common
    version: 1.0.0
    repository: file://../../pk-common
"""
THERE = {"pk-common": "1.0.0"}


def test_what_is_there_in_that_version_is_no_fault() -> None:
    assert libraries_in(CHART, "Chart.yaml") == ("pk-common",)
    assert check_libraries(CHART, "Chart.yaml", THERE, THERE) == []


def test_another_version_is_told_at_its_line() -> None:
    (fault,) = check_libraries(CHART, "x/Chart.yaml", {"pk-common": "1.1.0"}, ["pk-common"])
    assert (fault.code, fault.place and fault.place.line) == ("library-chart-version", 5)
    assert fault.problem == "it is made with pk-common 1.0.0, and there is 1.1.0"
    assert "raise the chart's own one" in fault.hint


def test_what_is_nowhere_is_told_with_what_was_perhaps_meant() -> None:
    text = CHART.replace("pk-common", "pk-comon")
    (fault,) = check_libraries(text, "Chart.yaml", {}, ["pk-common"])
    assert (fault.code, fault.place and fault.place.line) == ("library-chart-unknown", 4)
    assert "did you mean 'pk-common'?" in fault.hint


@pytest.mark.parametrize(
    "dependencies",
    [
        "[]",
        "null",
        "pk-common",
        "[pk-common]",
        "[{name: pk-common}]",
        "[{name: 1, repository: file://../../1}]",
        "[{name: redis, version: 1.0.0, repository: https://charts.example.com}]",
        "[{name: pk-common, version: 1.0.0, repository: file://../pk-common}]",
        "[{name: pk-common, version: 1.0.0, repository: file://../../other}]",
    ],
)
def test_all_else_is_helm_s_affair(dependencies: str) -> None:
    text = f"name: store\ndependencies: {dependencies}\n"
    assert libraries_in(text, "Chart.yaml") == ()
    assert check_libraries(text, "Chart.yaml", {}, []) == []


def test_what_is_no_mapping_is_told() -> None:
    with pytest.raises(DocumentInvalid):
        libraries_in("- a", "Chart.yaml")
