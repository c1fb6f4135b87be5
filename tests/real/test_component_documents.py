"""What the verbs say of components' documents, without a cluster."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipelinekit.adapters.cluster import leftout
from pipelinekit.adapters.folder import components
from pipelinekit.adapters.folder.digest import digest
from pipelinekit.errors import Refused
from tests.real.platform import TestPlatform


@pytest.fixture
def platform(tmp_path: Path) -> TestPlatform:
    made = TestPlatform(tmp_path, "ro", {}, "registry.example:5000")
    made.component("store")
    made.component("web", needs=("store",))
    made.on("web", "store")
    return made


def test_the_order_in_every_form(platform: TestPlatform) -> None:
    assert platform.must("graph").out == "1  store\n2  web  after store\n2 components in 2 levels\n"
    assert platform.must("graph", "--format", "json").json() == [
        {"component": "store", "level": 0, "after": [], "calls": []},
        {"component": "web", "level": 1, "after": ["store"], "calls": []},
    ]
    assert '"store" -> "web";' in platform.must("graph", "--format", "dot").out
    ET.fromstring(platform.must("graph", "--format", "svg").out)


def test_every_fault_of_every_document_is_told_at_its_line(platform: TestPlatform) -> None:
    platform.component("web", needs=("stroe",))
    platform.component("a", needs=("b",))
    platform.component("b", needs=("a",))
    platform.on("web", "store", "a", "b", "billing", "stores")
    said = platform.verb("graph")
    assert said.code == 3
    for words in (
        "web/component.yaml:11:3: needs[0]: there is no 'stroe'\n  did you mean 'store'?",
        "a/component.yaml:11:3: needs[0]: goes in a circle: a needs b needs a",
        "'billing' is to be defined",
        "there is no component 'stores'\n  did you mean 'store'?",
    ):
        assert words in said.err
    assert said.err.count("circle") == 1


def test_what_is_off_is_needed_by_nobody(platform: TestPlatform) -> None:
    file = platform.folder / "platform.yaml"
    file.write_text(file.read_text().replace('"name": "store"', '"name": "store", "enabled": false'))
    said = platform.verb("graph")
    assert said.code == 3
    assert "needs[0]: 'store' is off" in said.err


def test_an_own_folder_goes_before_the_packages(platform: TestPlatform) -> None:
    platform.component("billing")
    found = components.find(platform.folder)
    assert found["billing"].path == platform.folder / "platform-charts" / "billing"
    assert components.find(None)["billing"].path != found["billing"].path
    platform.on("billing")
    assert platform.must("graph").out.startswith("1  billing\n")


def test_validate_faults_what_is_nowhere_and_what_is_wrong(platform: TestPlatform) -> None:
    platform.on("web", "store", "lighthouse")
    words = [platform._words()[0], "validate", "--platform", str(platform.folder)]
    done = subprocess.run(words, cwd=platform.folder, capture_output=True, text=True, check=False)
    assert (done.returncode, "there is no component 'lighthouse'" in done.stderr) == (3, True), done.stderr
    platform.component("web", needs=("stroe",))
    done = subprocess.run(words, cwd=platform.folder, capture_output=True, text=True, check=False)
    assert (done.returncode, "did you mean 'store'?" in done.stderr) == (3, True)


def test_a_folders_digest_is_of_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "a").write_text("x")
    before = digest(tmp_path / "chart")
    (tmp_path / "chart" / "a").touch()
    assert digest(tmp_path / "chart") == before
    (tmp_path / "chart" / "a").rename(tmp_path / "chart" / "b")
    assert digest(tmp_path / "chart") != before
    with pytest.raises(Refused, match="there is no folder"):
        digest(tmp_path / "none")


DEFINITION = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b.c}\n"
OTHER = "# Source: a\napiVersion: v1\nkind: ConfigMap\ndata: {text: 'kind: CustomResourceDefinition'}\n"


def test_definitions_are_taken_out_and_all_else_stays_as_it_is(tmp_path: Path) -> None:
    program = leftout.program(tmp_path)
    text = f"---\n{OTHER}---\n{DEFINITION}---\n{OTHER}"
    done = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    assert done.stdout == f"---\n{OTHER}---\n{OTHER}"
    found = leftout.plugin(tmp_path)
    body = json.loads((Path(found["HELM_PLUGINS"]) / leftout.NAME / "plugin.yaml").read_text())
    assert body["type"] == "postrenderer/v1"


@pytest.mark.parametrize(("name", "found"), [("c/templates/a.yaml", True), ("c/crds/a.yaml", False)])
def test_only_definitions_among_templates_need_that(tmp_path: Path, name: str, found: bool) -> None:
    (tmp_path / "a").write_text(DEFINITION)
    with tarfile.open(tmp_path / "c.tgz", "w:gz") as archive:
        archive.add(tmp_path / "a", name)
    assert leftout.has_definitions(tmp_path / "c.tgz") is found


def gated(platform: TestPlatform) -> None:
    """Give the platform an environment behind a gate, on the same cluster."""
    file = platform.folder / "platform.yaml"
    document = json.loads(file.read_text())
    document["environments"].append(
        {"name": "production", "cluster": "testbed", "namespace": "{team}-production", "after": "dev"}
    )
    document["ledger"] = {"repository": "https://git.example.com/ledger.git"}
    file.write_text(json.dumps(document))


@pytest.mark.parametrize("verb", [("deploy",), ("verify",), ("remove", "--only", "web"), ("resize", "store")])
def test_what_changes_components_is_refused_behind_a_gate_with_a_way(
    platform: TestPlatform, verb: tuple[str, ...]
) -> None:
    gated(platform)
    said = platform.verb(*verb, "--env", "production")
    assert said.code == 6, said.err
    assert "components get there by promotion only" in said.err
    assert "--env dev" in said.err


def test_what_would_be_removed_behind_a_gate_is_shown(platform: TestPlatform) -> None:
    gated(platform)
    said = platform.must("remove", "--only", "web", "--plan", "--env", "production")
    assert said.out.splitlines() == ["web: is not there", "nothing would be done"]


def test_two_charts_of_a_component_that_would_be_one_archive_are_told(platform: TestPlatform) -> None:
    platform.component("store", policies=True)
    folder = platform.folder / "platform-charts" / "store"
    assert platform.verb("graph").code == 0
    about = json.loads((folder / "chart" / "Chart.yaml").read_text())
    (folder / "policies" / "Chart.yaml").write_text(json.dumps(about))
    said = platform.verb("graph")
    name = f"{about['name']} {about['version']}"
    assert said.code == 3
    assert f"policies: it is the chart {name}, and so is what the component itself is" in said.err
    assert f"name it {about['name']}-policies" in said.err
    (folder / "policies" / "Chart.yaml").write_text(json.dumps({**about, "version": "9.9.9"}))
    assert platform.verb("graph").code == 0
    document = json.loads((folder / "component.yaml").read_text())
    archive = {"name": about["name"], "version": "9.9.9", "repository": "https://charts.example.com/stable"}
    document["archive"] = {**archive, "digest": "sha256:" + "0" * 64}
    del document["chart"]
    (folder / "component.yaml").write_text(json.dumps(document))
    said = platform.verb("graph")
    assert (said.code, f"it is the chart {about['name']} 9.9.9" in said.err) == (3, True)


def test_a_chart_s_own_document_that_is_none_is_told_with_its_file(platform: TestPlatform) -> None:
    platform.component("store", policies=True)
    file = platform.folder / "platform-charts" / "store" / "policies" / "Chart.yaml"
    for content in (b"name: caf\xe9", b"- a", b"a: ["):
        file.write_bytes(content)
        said = platform.verb("graph")
        assert (said.code, "policies/Chart.yaml" in said.err) == (3, True), said.err


def moved(path: Path, to: Path) -> None:
    """Put a file or a folder elsewhere, and a link to it in its place."""
    path.rename(to)
    path.symlink_to(os.path.relpath(to, path.parent))


LINKED = ("", "web", "web/component.yaml", "web/chart", "web/policies", "web/values.yaml")


@pytest.mark.parametrize("linked", LINKED)
def test_what_leads_out_of_the_platform_s_folder_is_refused(
    platform: TestPlatform, tmp_path_factory: pytest.TempPathFactory, linked: str
) -> None:
    platform.component("web", needs=("store",), policies=True)
    moved(platform.folder / "platform-charts" / linked, tmp_path_factory.mktemp("elsewhere") / "it")
    for said in (platform.verb("graph"), platform.verb("render", "--env", "dev")):
        assert (said.code, said.out) == (6, ""), said.err
        assert f"platform-charts/{linked}" in said.err
        assert "is a link, or behind one, and leads out of the repository" in said.err


def test_so_is_what_leads_out_in_a_chart(
    platform: TestPlatform, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = platform.folder / "platform-charts" / "web" / "chart" / "a.yaml"
    file.write_text("a: 1\n")
    moved(file, tmp_path_factory.mktemp("elsewhere") / "it")
    said = platform.verb("render", "--env", "dev")
    assert (said.code, f"{file}: is a link" in said.err) == (6, True), said.err


@pytest.mark.parametrize("linked", ["web/chart", "web/policies", "web/values.yaml", "web/chart/a.yaml"])
def test_what_a_link_leads_to_inside_is_taken(platform: TestPlatform, linked: str) -> None:
    platform.component("web", needs=("store",), policies=True)
    own = platform.folder / "platform-charts"
    (own / "web" / "chart" / "a.yaml").write_text("a: 1\n")
    before = platform.must("render", "--env", "dev").out
    moved(own / linked, platform.folder / "shared")
    assert platform.must("render", "--env", "dev").out == before


def test_archives_and_the_platform_s_own_values_are_held_to_it_too(
    platform: TestPlatform, tmp_path_factory: pytest.TempPathFactory
) -> None:
    platform.wrap("web")
    document = json.loads((platform.folder / "platform.yaml").read_text())
    document["components"][0]["values"] = "mine.yaml"
    (platform.folder / "platform.yaml").write_text(json.dumps(document))
    (platform.folder / "mine.yaml").write_text("{}")
    (archive,) = (platform.folder / "platform-charts" / "web").glob("*.tgz")
    lock = archive.with_name("archive.lock.yaml")
    lock.write_text("images: {}\n")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for path in (archive, lock, platform.folder / "mine.yaml"):
        moved(path, elsewhere / path.name)
    said = platform.verb("render", "--env", "dev")
    assert (said.code, said.err.count("leads out of the repository")) == (6, 3), said.err


def test_what_nexus_needs_and_pulls_from_it_is_told_where_it_says_so(platform: TestPlatform) -> None:
    for name, needs in (("database", ()), ("nexus", ("database",)), ("web", ("nexus",))):
        platform.component(name, needs=needs, images=["nexus.example.com:5003/library/busybox:stable"])
    platform.on("database", "nexus", "web")
    file = platform.folder / "platform.yaml"
    document = json.loads(file.read_text())
    document["components"][0]["values"] = "mine.yaml"
    file.write_text(json.dumps({**document, "nexus": {"url": "https://nexus.example.com"}}))
    (platform.folder / "mine.yaml").write_text(
        "other: nexus.example.com\nimage: nexus.example.com:5001/a:1\n"
    )
    words = [platform._words()[0], "validate", "--platform", str(platform.folder)]
    validated = subprocess.run(words, cwd=platform.folder, capture_output=True, text=True, check=False)
    graph = platform.verb("graph")
    for code, said in ((validated.returncode, validated.stderr), (graph.code, graph.err)):
        assert (code, said.count("pulls from it")) == (3, 3), said
        assert "database/component.yaml:12:3: database has to run before Nexus, and pulls from it" in said
        assert "nexus/component.yaml:14:3: nexus is Nexus, and pulls from it" in said
        assert "mine.yaml:2:8: database has to run before Nexus" in said
