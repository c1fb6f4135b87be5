"""A component of the platform's own that is made with the library of ours, or with one of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.pages.charts import LIBRARY
from tests.real.platform import TestPlatform

VERSION = yaml.safe_load((LIBRARY / "Chart.yaml").read_text())["version"]
BUDGET = '{{ include "pk.budget" (list . "server" "" 1) }}\n'


@pytest.fixture
def platform(testbed: Mapping[str, str], tmp_path: Path) -> TestPlatform:
    made = TestPlatform(tmp_path, "lib", testbed, "registry.example:5000")
    made.component("store", policies=True)
    made.on("store")
    return made


def name_library(platform: TestPlatform, version: str = VERSION, name: str = LIBRARY.name) -> Path:
    """Have the component's chart use it; returns the chart's folder."""
    chart = platform.folder / "platform-charts" / "store" / "chart"
    about = json.loads((chart / "Chart.yaml").read_text())
    entry = {"name": name, "version": version, "repository": f"file://../../{name}"}
    (chart / "Chart.yaml").write_text(json.dumps({**about, "dependencies": [entry]}, indent=1))
    (chart / "templates" / "budget.yaml").write_text(BUDGET)
    return chart


def test_it_is_in_the_chart_and_in_the_archive_that_helm_alone_takes(platform: TestPlatform) -> None:
    name_library(platform)
    said = platform.must("render").out
    (budget,) = [each for each in yaml.safe_load_all(said) if each and each["kind"] == "PodDisruptionBudget"]
    assert budget["metadata"]["labels"]["app.kubernetes.io/part-of"] == "platform"
    (archive,) = (platform.folder / ".pipelinekit").rglob("lib-store-[0-9]*.tgz")
    words = ["helm", "lint", "--strict", str(archive), "--set", "image=x"]
    done = subprocess.run(words, env=dict(platform.env), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_of_the_platform_s_own_goes_before_it_and_a_change_of_it_is_another_chart(
    platform: TestPlatform,
) -> None:
    chart = name_library(platform, "7.0.0")
    said = platform.verb("render")
    assert said.code == 3
    assert f"it is made with pk-common 7.0.0, and there is {VERSION}" in said.err
    assert f"{chart / 'Chart.yaml'}:" in said.err
    own = platform.folder / "platform-charts" / LIBRARY.name
    shutil.copytree(LIBRARY, own)
    about = yaml.safe_load((own / "Chart.yaml").read_text())
    (own / "Chart.yaml").write_text(json.dumps({**about, "version": "7.0.0"}))
    assert "part-of: platform" in platform.must("render").out
    names = own / "templates" / "_names.tpl"
    names.write_text(names.read_text().replace("part-of: platform", "part-of: acme"))
    assert "part-of: acme" in platform.must("render").out
    # And Helm alone finds it where the chart says.
    words = ["helm", "dependency", "build", str(chart)]
    done = subprocess.run(words, env=dict(platform.env), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_one_that_is_nowhere_is_told_with_what_was_perhaps_meant(platform: TestPlatform) -> None:
    name_library(platform, name="pk-comon")
    said = platform.verb("graph")
    assert said.code == 3
    assert "there is no library chart 'pk-comon'\n  did you mean 'pk-common'?" in said.err


def test_a_chart_that_wants_one_from_elsewhere_is_told_what_helm_lacks(platform: TestPlatform) -> None:
    chart = name_library(platform)
    text = (chart / "Chart.yaml").read_text().replace("file://../../", "file://../")
    (chart / "Chart.yaml").write_text(text)
    said = platform.verb("render")
    assert said.code != 0
    assert "the chart depends on pk-common" in said.err


@pytest.mark.parametrize("document", ["a library's Chart.yaml", "a library", "a chart's lock"])
def test_none_of_what_says_versions_is_read_through_a_link_that_leads_out(
    platform: TestPlatform, document: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chart = name_library(platform, name="own")
    outside = tmp_path_factory.mktemp("outside")
    (outside / "Chart.yaml").write_text("version: not-yours\n")
    entry = {"name": "not-yours", "repository": "file://../../not-yours"}
    (outside / "lock").write_text(json.dumps({"dependencies": [entry]}))
    own = platform.folder / "platform-charts" / "own"
    if document == "a library":
        own.symlink_to(outside)
    elif document == "a chart's lock":
        shutil.copytree(LIBRARY, own)
        (chart / "Chart.lock").symlink_to(outside / "lock")
    else:
        own.mkdir()
        (own / "Chart.yaml").symlink_to(outside / "Chart.yaml")
    said = platform.verb("graph")
    assert said.code == 6, said.err
    assert "leads out of the repository" in said.err
    assert "not-yours" not in said.err
