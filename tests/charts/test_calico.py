"""Calico, a prerequisite: left alone without its word, first with it, its images by digest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.reading.chart import declared
from tests.charts.helm import Helm, Object, containers_of
from tests.charts.test_wrappers import (
    DIGEST,
    LEVELS,
    UPSTREAM,
    locked,
    platform,
    stand_in,
    verb_of,
    words_of,
    write_platform,
)
from tests.pages.charts import CHARTS

NAMES = ("calico-crds", "calico")
WORDS = "calico is a prerequisite: `platform preflight` looks for it, and nothing touches it without"


def site(helm: Helm, folder: Path, level: str, **word: bool) -> list[str]:
    """A platform with Calico and one component that knows nothing of it; Calico's images."""
    images = [image for name in NAMES for image in locked(helm, folder, name, level)[0]]
    stand_in(folder / "platform-charts" / "elasticsearch", "elasticsearch")
    entries = [{"name": name, "values": f"{name}.yaml", **word} for name in NAMES]
    write_platform(folder, [{"name": "elasticsearch"}, *entries])
    return images


@pytest.mark.parametrize("name", NAMES)
def test_each_value_is_one_that_the_chart_had(name: str) -> None:
    texts = words_of(UPSTREAM / name)
    folder = CHARTS / name
    for file in (folder / "values.yaml", *sorted(folder.glob("ci/*"))):
        assert declared.undeclared(file.read_text(), file.name, texts) == ()
    component = yaml.safe_load((folder / "component.yaml").read_text())
    about = yaml.safe_load(texts["Chart.yaml"])
    assert (about["name"], about["version"]) == (
        component["archive"]["name"],
        component["archive"]["version"],
    )


def test_without_its_word_nothing_touches_it(helm: Helm, tmp_path: Path) -> None:
    site(helm, tmp_path, "single-node")
    platform(helm, tmp_path, "render", "--env", "dev", "--to", "rendered")
    assert [each.name for each in (tmp_path / "rendered").iterdir()] == ["elasticsearch.yaml"]
    assert platform(helm, tmp_path, "graph") == "1  elasticsearch\n1 component in 1 level\n"
    # No cluster is there to be asked: what is left alone asks none.
    for verb in ("plan", "deploy", "status", "verify", "remove", "vendor", "resize"):
        which = ["calico"] if verb in ("vendor", "resize") else ["--only", "calico", "--only", "calico-crds"]
        said = verb_of(helm, tmp_path, verb, "--env", "dev", *which)
        assert said.returncode == 0, (verb, said.stderr)
        assert WORDS in said.stderr


@pytest.mark.parametrize("level", LEVELS)
def test_with_its_word_it_goes_first_and_by_digest(helm: Helm, tmp_path: Path, level: str) -> None:
    images = site(helm, tmp_path, level, install=True)
    assert platform(helm, tmp_path, "graph").splitlines()[:3] == [
        "1  calico-crds",
        "2  calico  after calico-crds",
        "3  elasticsearch  after calico, calico-crds",
    ]
    platform(helm, tmp_path, "render", "--env", "dev", "--to", "rendered")
    objects = read(tmp_path, "calico")
    operator = next(each for each in objects if each["kind"] == "Deployment")
    (container,) = containers_of(operator)
    annotations = operator["spec"]["template"]["metadata"]["annotations"]
    told = {each for key, each in annotations.items() if key.startswith("pipelinekit.dev/image-")}
    assert {container["image"], *told} == {f"{each}@{DIGEST}" for each in images}
    installation = next(each for each in objects if each["kind"] == "Installation")
    # What its operator starts is pulled from where the values say.
    assert {f"{each.partition('/')[0]}/" for each in images} == {installation["spec"]["registry"]}
    assert {each["kind"] for each in read(tmp_path, "calico-crds")} == {"CustomResourceDefinition"}
    assert container["args"] == ["-manage-crds=false"]
    proof = json.loads(platform(helm, tmp_path, "network", "--check", "--json"))
    assert (proof["holds"], proof["findings"]) == (True, [])
    assert "tigera-operator" in json.dumps(proof["notes"])


def test_the_kinds_come_with_it(helm: Helm, tmp_path: Path) -> None:
    site(helm, tmp_path, "single-node", install=True)
    document = tmp_path / "platform.yaml"
    text = document.read_text()
    document.write_text(text.replace('"calico-crds.yaml", "install": true', '"calico-crds.yaml"'))
    said = verb_of(helm, tmp_path, "graph")
    assert said.returncode == 3
    assert "'calico-crds' is only looked for" in said.stderr


def test_it_pulls_from_no_nexus_that_waits_for_it(helm: Helm, tmp_path: Path) -> None:
    site(helm, tmp_path, "production", install=True)
    document = json.loads((tmp_path / "platform.yaml").read_text())
    sized = (CHARTS / "nexus" / "chart" / "ci" / "single-node-values.yaml").read_text()
    (tmp_path / "nexus.yaml").write_text(sized)
    document["nexus"] = {"url": "https://mirror.example.com"}
    document["components"].append({"name": "nexus", "values": "nexus.yaml"})
    (tmp_path / "platform.yaml").write_text(json.dumps(document))
    said = verb_of(helm, tmp_path, "graph")
    assert said.returncode == 3
    assert "calico has to run before Nexus, and pulls from it: mirror.example.com" in said.stderr


def test_what_it_says_of_versions_is_one_version() -> None:
    component = yaml.safe_load((CHARTS / "calico" / "component.yaml").read_text())
    kinds = yaml.safe_load((CHARTS / "calico-crds" / "component.yaml").read_text())
    version = component["archive"]["version"]
    assert kinds["archive"]["version"] == version
    (gate,) = component["gates"]
    assert gate["object"]["json"] == {"/status/calicoVersion": version}
    tags = {each.rpartition(":")[2] for each in component["images"] if "/calico/" in each}
    assert tags == {version}


def read(folder: Path, name: str) -> list[Object]:
    text = (folder / "rendered" / f"{name}.yaml").read_text()
    found: list[Any] = [each for each in yaml.safe_load_all(text) if each]
    return found
