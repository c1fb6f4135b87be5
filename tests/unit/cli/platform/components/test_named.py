"""What documents of components name, and that is not there, is told at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli.platform.components.parts import components
from pipelinekit.reading.platform.document import read_platform_with_places

WEB = "platform-charts/web"
PLATFORM = """apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "registry.example:5000"}
charts: {repository: "oci://registry.example:5000/charts"}
clusters: [{name: nonprod, context: acme-dev}]
environments: [{name: dev, cluster: nonprod, namespace: "{team}-dev"}]
components:
"""
COMPONENT = """apiVersion: pipelinekit/v1
kind: Component
metadata: {name: web}
namespace: web
"""


def told(folder: Path, entry: str, more: str) -> list[str]:
    own = folder / "platform-charts" / "web"
    (own / "here").mkdir(parents=True)
    (own / "here" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (own / "component.yaml").write_text(COMPONENT + more)
    (folder / "values.yaml").write_text("")
    platform, source = read_platform_with_places(f"{PLATFORM}  - {entry}\n", "p.yaml")
    found = components(platform, source, folder)
    return [f"{each}".replace(f"{folder}/", "") for each in found.faults]


@pytest.mark.parametrize(
    ("entry", "more", "expected"),
    [
        ("{name: web, values: values.yaml}", "chart: here\n", []),
        (
            "{name: web, values: vlaues.yaml}",
            "chart: here\n",
            ["p.yaml:9:17: components[0].values: there is no vlaues.yaml"],
        ),
        (
            "{name: web, values: platform-charts}",
            "chart: here\n",
            ["p.yaml:9:17: components[0].values: platform-charts is no file"],
        ),
        (
            "{name: web}",
            "chart: here\nvalues: own.yaml\n",
            ["platform-charts/web/component.yaml:6:1: values: there is no platform-charts/web/own.yaml"],
        ),
        (
            "{name: web}",
            "chart: there\npolicies: rules\n",
            [
                f"{WEB}/component.yaml:5:1: chart: there is no {WEB}/there/Chart.yaml",
                f"{WEB}/component.yaml:6:1: policies: there is no {WEB}/rules/Chart.yaml",
            ],
        ),
        ("{name: web, values: vlaues.yaml, enabled: false}", "chart: there\n", []),
    ],
)
def test_a_file_that_is_named_and_not_there(
    tmp_path: Path, entry: str, more: str, expected: list[str]
) -> None:
    assert told(tmp_path, entry, more) == expected


LONG = "a" * 256


@pytest.mark.parametrize(
    ("entry", "more", "expected"),
    [
        (f"{{name: web, values: {LONG}}}", "chart: here\n", ["p.yaml:9:17"]),
        (f"{{name: web, values: {LONG}/a}}", "chart: here\n", ["p.yaml:9:17"]),
        ("{name: web}", f"chart: here\nvalues: {LONG}\n", [f"{WEB}/component.yaml:6:1"]),
        ("{name: web}", f"chart: {LONG}\n", [f"{WEB}/component.yaml:5:1"]),
        ("{name: web}", f"chart: here\npolicies: {LONG}\n", [f"{WEB}/component.yaml:6:1"]),
        ("{name: web}", "chart: " + "/".join(["a" * 99] * 10) + "\n", [f"{WEB}/component.yaml:5:1"]),
    ],
    ids=["values", "folder of values", "own values", "chart", "policies", "path"],
)
def test_a_name_that_no_disk_takes_is_not_there(
    tmp_path: Path, entry: str, more: str, expected: list[str]
) -> None:
    assert [each.partition(": ")[0] for each in told(tmp_path, entry, more)] == expected
