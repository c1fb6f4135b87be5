"""What documents give to a component as values is read before anything is rendered, and told at its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelinekit.cli.platform.components.parts import components
from pipelinekit.reading.platform.document import read_platform_with_places
from tests.unit.cli.platform.components.test_named import COMPONENT, PLATFORM

SCHEMA = json.dumps({"additionalProperties": False, "properties": {"replicas": {"type": "integer"}}})


def told(folder: Path, mine: str, own: str, schema: str = SCHEMA) -> list[str]:
    web = folder / "platform-charts" / "web"
    (web / "here").mkdir(parents=True)
    (web / "here" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    if schema:
        (web / "here" / "values.schema.json").write_text(schema)
    (web / "component.yaml").write_text(f"{COMPONENT}chart: here\nvalues: own.yaml\n")
    (web / "own.yaml").write_text(own)
    (folder / "mine.yaml").write_text(mine)
    entry = "  - {name: web, values: mine.yaml}\n"
    platform, source = read_platform_with_places(f"{PLATFORM}{entry}", "p.yaml")
    found = components(platform, source, folder)
    return [f"{each}".replace(f"{folder}/", "").partition(": ")[0] for each in found.faults]


@pytest.mark.parametrize(
    ("mine", "own", "expected"),
    [
        ("replicas: 3\n", "", []),
        ("", "replicas: 3\n", []),
        ("a: [\n", "", ["mine.yaml:2:1"]),
        ("- a\n", "", ["mine.yaml"]),
        ("a: b\nreplicaz: 3\n", "", ["mine.yaml:1:1", "mine.yaml:2:1"]),
        ("replicas: 3\nreplicas: 3\n", "", ["mine.yaml:2:1"]),
        ("", "replicas: 3\n'replicas': 3\n", ["platform-charts/web/own.yaml:2:1"]),
        ("replicaz: 3\n", "a: {\n", ["platform-charts/web/own.yaml:2:1", "mine.yaml:1:1"]),
    ],
)
def test_values_that_helm_or_the_chart_would_not_take(
    tmp_path: Path, mine: str, own: str, expected: list[str]
) -> None:
    assert told(tmp_path, mine, own) == expected


def test_a_chart_without_a_schema_takes_what_can_be_read(tmp_path: Path) -> None:
    assert told(tmp_path, "replicaz: 3\n", "", schema="") == []


@pytest.mark.parametrize("folder", ["here", "rules"])
def test_a_key_that_a_chart_of_the_platform_has_twice(tmp_path: Path, folder: str) -> None:
    chart = tmp_path / "platform-charts" / "web" / folder
    chart.mkdir(parents=True)
    (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: {folder}\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text("a: {b: 1}\na: {c: 2}\n")
    (chart.parent / "component.yaml").write_text(f"{COMPONENT}{PIECES[folder]}")
    platform, source = read_platform_with_places(f"{PLATFORM}  - {{name: web}}\n", "p.yaml")
    (fault,) = components(platform, source, tmp_path).faults
    assert (fault.code, fault.path, fault.problem) == ("duplicate-key", "a", "written twice; first in line 1")


PIECES = {
    "here": "chart: here\n",
    "rules": "policies: rules\narchive: {name: a, version: 1.0.0, repository: 'oci://r.example/a'}\n",
}


def test_a_schema_that_leads_to_a_server_is_told_at_its_line(tmp_path: Path) -> None:
    schema = '{\n  "properties": {\n    "a": {"$ref": "https://h.example/a.json"}\n  }\n}\n'
    assert told(tmp_path, "a: 1\n", "", schema) == ["platform-charts/web/here/values.schema.json:3:11"]
