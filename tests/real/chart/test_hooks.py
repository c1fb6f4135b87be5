"""Which hooks Helm itself takes for tests: those that it leaves out with `--skip-tests`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelinekit.plan.preflight.needs import needs_of
from pipelinekit.reading.chart.manifest import read_manifest
from tests.hookwords import HOOKS
from tests.testbed import tools
from tests.testbed.layout import Layout


@pytest.fixture(params=["helm 4", "helm 3"])
def helm(request: pytest.FixtureRequest, testbed: Mapping[str, str]) -> Path:
    if request.param == "helm 3":
        return tools.helm3(Layout.from_environment()) / "helm"
    return Path(testbed["PK_TESTBED_BIN"], "helm")


def _rendered(helm: Path, chart: Path, *options: str) -> str:
    argv = [str(helm), "template", ".", *options]
    return subprocess.run(argv, cwd=chart, capture_output=True, text=True, check=True).stdout


def test_what_helm_skips_with_the_tests_is_no_part_of_a_deployment(helm: Path, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: hooks\nversion: 0.1.0\n")
    for number, words in enumerate(HOOKS):
        metadata = {"name": f"hook-{number}", "annotations": {"helm.sh/hook": words}}
        made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
        (tmp_path / f"templates/{number}.yaml").write_text(json.dumps(made))
    deployed = needs_of(read_manifest(_rendered(helm, tmp_path, "--skip-tests"))).hooks
    assert {each["metadata"]["name"] for each in deployed} == {
        f"hook-{number}" for number, test in enumerate(HOOKS.values()) if not test
    }
    assert needs_of(read_manifest(_rendered(helm, tmp_path))).hooks == deployed
