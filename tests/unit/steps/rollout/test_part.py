from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.model.network.ends import Grounds
from pipelinekit.model.platform.document import Jenkins
from pipelinekit.model.platform.nexus import Nexus
from pipelinekit.model.rollout.component import Component, Controller, Flows, Scrape
from pipelinekit.steps.rollout.part import Part, Shelf, policies_of, release_of
from tests.rollouts import Bench


def test_an_upstream_archive_goes_unchanged(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    archive = bench.archive()
    part = bench.part(chart="", archive=archive, values={"a": 1})
    packaged = release_of(part, bench.shelf, publish=True)
    assert packaged.prepared.archive.read_bytes() == bench.upstream["upstream"]
    assert (packaged.prepared.plan.version, packaged.server) == ("7.0.0", "9.1.0")
    assert packaged.prepared.values["a"] == 1
    release_of(part, bench.shelf, publish=True)
    assert bench.fetched == ["upstream"]


def test_another_archive_than_the_named_one_is_refused(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    archive = replace(bench.archive(), digest="sha256:" + "0" * 64)
    with pytest.raises(Refused, match="not the archive that"):
        release_of(bench.part(chart="", archive=archive), bench.shelf, publish=True)


def test_an_archive_in_the_folder_is_not_fetched(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    archive = replace(bench.archive(), file="upstream.tgz")
    part = bench.part(chart="", archive=archive)
    (part.folder / "upstream.tgz").write_bytes(bench.upstream["upstream"])
    release_of(part, bench.shelf, publish=True)
    assert bench.fetched == []


def test_a_plan_publishes_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    release_of(bench.part(), bench.shelf, publish=False)
    assert not bench.registry.tags


def test_the_platforms_values_lie_over_the_components_own(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = replace(bench.part(values={"a": {"b": 2}}), own=json.dumps({"a": {"b": 1, "c": 3}}))
    assert release_of(part, bench.shelf, publish=False).prepared.values["a"] == {"b": 2, "c": 3}


def test_policies_are_there_where_they_are_declared(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert policies_of(bench.part(), bench.shelf, publish=False) is None
    found = policies_of(bench.part(policies="policies"), bench.shelf, publish=False)
    assert found is not None
    assert found.prepared.target.name == "store-policies"
    assert Component(name="a").policies == ""


def test_a_chart_is_packaged_with_its_libraries_and_anew_when_one_changes(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    library = tmp_path / "pk-common"
    library.mkdir()
    bench.libraries.append(library)
    made = []
    for text in ("a", "a", "b"):
        (library / "Chart.yaml").write_text(text)
        packaged = release_of(bench.part(), bench.shelf, publish=False).prepared
        inside = json.loads(packaged.archive.read_text())
        assert inside["charts/pk-common/Chart.yaml"] == text
        made.append((packaged.chart.archive_digest, packaged.plan.key))
    assert made[0] == made[1]
    assert made[0][0] != made[2][0]
    assert made[0][1] != made[2][1]


def test_policies_are_told_where_the_clusters_api_is(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    cluster = replace(bench.shelf.platform.clusters[0], network=Grounds(api_servers=("192.0.2.1:6443",)))
    shelf = replace(bench.shelf, platform=replace(bench.shelf.platform, clusters=(cluster,)))
    found = policies_of(bench.part(policies="policies"), shelf, publish=False)
    assert found is not None
    assert found.prepared.values["apiServers"] == ["192.0.2.1:6443"]
    assert "apiServers" not in release_of(bench.part(), shelf, publish=False).prepared.values


def test_who_monitors_is_told_whom_and_on_which_nodes_and_nobody_else_is(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    cluster = replace(bench.shelf.platform.clusters[0], network=Grounds(nodes=("192.0.2.0/24",)))
    shelf = replace(bench.shelf, platform=replace(bench.shelf.platform, clusters=(cluster,)))
    vault = Component(name="vault", namespace="safe", flows=Flows(scrape=(Scrape(port=8200, path="/m"),)))
    other = replace(bench.part(policies="policies"), others=(vault, Component(name="quiet")))
    part = replace(other, component=replace(other.component, flows=Flows(monitoring=True)))
    scrapes = [{"name": "vault", "namespace": "safe", "port": 8200, "path": "/m"}]
    told = policies_of(part, shelf, publish=False)
    assert told is not None
    assert (told.prepared.values["nodes"], told.prepared.values["scrapes"]) == (["192.0.2.0/24"], scrapes)
    own = release_of(part, shelf, publish=False).prepared.values
    assert (own["scrapes"], "nodes" in own) == (scrapes, False)
    told = policies_of(other, shelf, publish=False)
    assert told is not None
    assert not {"nodes", "scrapes"} & {
        *told.prepared.values,
        *release_of(other, shelf, publish=False).prepared.values,
    }


def test_policies_are_told_the_values_that_are_shared_with_them_and_no_others(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    values = {"certificates": {"namespace": "pki", "other": 1}, "size": 3}
    part = bench.part(policies="policies", values=values)
    shared = ("/certificates/namespace", "/not/there")
    sharing = replace(part, component=replace(part.component, shared=shared))
    told = policies_of(sharing, bench.shelf, publish=False)
    assert told is not None
    assert {key: told.prepared.values.get(key) for key in ("certificates", "size", "not")} == {
        "certificates": {"namespace": "pki"},
        "size": None,
        "not": None,
    }
    none = policies_of(part, bench.shelf, publish=False)
    assert none is not None
    assert "certificates" not in none.prepared.values


def test_the_server_that_the_platform_describes_is_told_what_that_is(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    nexus = Nexus(url="https://nexus.acme.example", accept_eula=True)
    shelf = replace(bench.shelf, platform=replace(bench.shelf.platform, nexus=nexus))
    other = bench.part(values={"server": {"nexus": {"acceptEula": False}}})
    part = replace(other, component=replace(other.component, repositories=True))

    def told(one: Part, where: Shelf) -> Any:
        return release_of(one, where, publish=False).prepared.values.get("server")

    found = told(part, shelf)["nexus"]
    assert (found["url"], found["acceptEula"]) == (nexus.url, True)
    assert told(other, shelf).keys() == {"nexus"}
    assert told(bench.part(), shelf) is None
    assert told(part, bench.shelf)["nexus"] == {"acceptEula": False}


def test_a_controller_s_own_chart_is_told_what_pipelines_need_of_it_where_it_asks(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    pod = AgentPod(namespace="builds", image="r:5000/agent:1")
    jenkins = Jenkins(url="https://jenkins.acme.example", agent=Agent(pod=pod))
    shelf = replace(bench.shelf, platform=replace(bench.shelf.platform, jenkins=jenkins))
    one = bench.part()

    def told(controller: Controller | None, where: Shelf) -> Any:
        part = replace(one, component=replace(one.component, controller=controller))
        return release_of(part, where, publish=False).prepared.values.get("pipelines")

    found = told(Controller(pipelines=True), shelf)
    assert (found["url"], found["namespace"]) == ("https://jenkins.acme.example", "builds")
    assert told(Controller(), shelf) is None
    assert told(None, shelf) is None
    assert told(Controller(pipelines=True), bench.shelf) is None
