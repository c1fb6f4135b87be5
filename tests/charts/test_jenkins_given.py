"""What Jenkins' chart refuses, what its image is made of, and what a beginning sees of it."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.helm import Helm, check_refused
from tests.controller.server import VERSION, Controller
from tests.jenkins.harness.request import plugin_ids
from tests.pages.charts import CHARTS

CHART = CHARTS / "jenkins" / "chart"
SINGLE = CHART / "ci" / "single-node-values.yaml"
IMAGE = CHARTS / "jenkins" / "image"


@pytest.fixture
def chart(whole: Callable[[Path], Path]) -> Path:
    return whole(CHART)


def test_the_image_has_each_plugin_that_pipelines_need_in_one_version() -> None:
    text = (IMAGE / "plugins.txt").read_text()
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    pinned = dict(line.split(":") for line in lines if line)
    assert all(re.fullmatch(r"[0-9][A-Za-z0-9._]+", each) for each in pinned.values())
    seeds = (CHARTS.parent / "seed-jobs" / "plugins.txt").read_text()
    assert set(plugin_ids(seeds)) == pinned.keys() - {"matrix-auth", "oic-auth", "prometheus"}
    assert int(pinned["pipeline-groovy-lib"].partition(".")[0]) >= 752


def test_the_image_is_made_of_the_version_that_the_chart_names() -> None:
    (base,) = re.findall(r"^ARG BASE=(\S+)$", (IMAGE / "Dockerfile").read_text(), re.MULTILINE)
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"]
    assert base.endswith(f":{version}-jdk21")


def looked_at(server: str, attempts: int = 1) -> str:
    """What the chart's test finds out."""
    spec = importlib.util.spec_from_file_location("looked", CHART / "files" / "test.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    vars(program)["SERVER"] = server
    return str(program.version(attempts, lambda _: None))


def test_its_own_test_asks_a_controller_for_its_version() -> None:
    with Controller() as controller:
        assert looked_at(controller.url.rstrip("/")) == VERSION
    with pytest.raises(SystemExit, match="does not answer"):
        looked_at("http://127.0.0.1:1", 2)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"agents": {"namespace": "somewhere"}}, "agents would be in somewhere, where the controller is"),
    ({"image": {"registry": ""}}, "image.registry is empty: name the registry"),
    ({"tools": {"image": {"registry": ""}}}, "tools.image.registry is empty: name the registry"),
    ({"agents": {"image": {"digest": ""}}}, "agents.image.digest is empty"),
    ({"secrets": [{"name": "A", "secret": "s", "key": "k"}] * 2}, "secrets: A is there twice"),
]


@pytest.mark.parametrize(("wrong", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_would_not_work_is_refused_with_the_reason(
    helm: Helm, chart: Path, wrong: dict[str, Any], why: str
) -> None:
    words = ("template", "x", str(chart), "--namespace", "somewhere", "--values", str(SINGLE))
    assert why in helm.run(*words, values=wrong).err


WRONG: list[dict[str, Any]] = [
    {"pipelines": {"url": "javascript:alert(1)"}},
    {"pipelines": {"logins": [{"id": "x", "user": "ada", "password": "secret"}]}},
    {"pipelines": {"library": {"remote": "https://g/${jenkins-admin-password}"}}},
    {"secrets": [{"name": "../x", "secret": "s", "key": "k"}]},
    {"oidc": {"issuer": "http://x\ny"}},
    {"administrators": {"users": ["${jenkins-admin-password}"]}},
    {"rights": [{"group": "a", "user": "b", "permissions": ["Job/Read"]}]},
    {"rights": [{"group": "a", "permissions": ["everything"]}]},
    {"configuration": {"../x.yaml": "a: b"}},
    {"agents": {"reaches": [{"cidr": "0.0.0.0", "ports": [443]}]}},
    {"agents": {"namespace": "a.b"}},
    {"memory": {"java": ["-Dx=$(id)"]}},
    {"restore": {"from": "../../etc"}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_values_that_would_be_taken_for_more_are_refused(
    helm: Helm, chart: Path, wrong: dict[str, Any]
) -> None:
    check_refused(helm, chart, wrong)
