"""What Helm itself takes a word of YAML for: its values, and the objects that it renders."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.reading.chart.values import as_helm_keeps, read_values
from tests.goscalars import KEYS, LARGE, READ
from tests.testbed import tools
from tests.testbed.layout import Layout

OBJECT = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: found}
data: {found: {{ .Values | toRawJson | quote }}}
"""


@pytest.fixture(params=["helm 4", "helm 3"])
def helm(request: pytest.FixtureRequest, testbed: Mapping[str, str]) -> Path:
    if request.param == "helm 3":
        return tools.helm3(Layout.from_environment()) / "helm"
    return Path(testbed["PK_TESTBED_BIN"], "helm")


def test_values_are_what_helm_reads(helm: Path, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: reading\nversion: 0.1.0\n")
    (tmp_path / "templates/found.yaml").write_text(OBJECT)
    text = "\n".join(f"key-{number}: {word}" for number, word in enumerate((*READ, *LARGE)))
    text += "\nnothing: {a: null, b: [null, {c: ~}]}"
    text += "\nkeys: {" + ", ".join(f"{word}: {number}" for number, word in enumerate(KEYS)) + "}\n"
    # Of the chart's own values Helm 4 leaves out those that are null, Helm 3 does not.
    (tmp_path / "given.yaml").write_text(text)
    words = [str(helm), "template", ".", "--values", "given.yaml"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    found = json.loads(yaml.safe_load(done.stdout)["data"]["found"])
    assert read_values(text, "values.yaml") == as_helm_keeps(found)


def test_an_object_is_what_kubernetes_reads(testbed: Mapping[str, str], tmp_path: Path) -> None:
    words = "".join(f"  key-{number}: {word}\n" for number, word in enumerate((*READ, *LARGE)))
    words += "  keys: {" + ", ".join(f"{word}: {number}" for number, word in enumerate(KEYS)) + "}\n"
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\nspec:\n{words}"
    (tmp_path / "object.yaml").write_text(text)
    argv = [str(Path(testbed["PK_TESTBED_BIN"], "kubectl")), "create", "--dry-run=client", "--validate=false"]
    done = subprocess.run(
        [*argv, "--filename", "object.yaml", "--output", "json"],
        cwd=tmp_path,
        env=dict(testbed),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout, parse_int=_whole)["spec"]
    (ours,) = read_manifest(text)
    assert ours["spec"] == found


def _whole(text: str) -> int | float:
    """Beyond 64 bits Kubernetes has a float, and writes as many digits as tell it from any other."""
    return int(text) if -(2**63) <= int(text) < 2**63 else float(text)
