from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pipelinekit.model.platform.document import ComponentEntry
from pipelinekit.model.platform.network import PRIVATE, Network
from pipelinekit.model.rollout.component import Component, Flows, Question, Scrape, VersionQuestion
from pipelinekit.plan.rollout import releases
from tests import examples


@pytest.mark.parametrize(
    ("steps", "installed", "wanted", "refused"),
    [
        ("major", "1.9.3", "2.0.0", ""),
        ("major", "1.9.3", "1.99.0", ""),
        ("major", "1.9.3", "3.0.0", "must not skip major 2"),
        ("minor", "1.8.0", "1.9.0", ""),
        ("minor", "1.8.0", "1.10.0", "must not skip 1.9"),
        ("minor", "1.8.0", "2.3.0", ""),
        ("any", "1.0.0", "9.0.0", ""),
        ("major", "2.0.0", "1.9.0", "may not read"),
        ("major", "2.1.0", "2.0.0", ""),
        ("minor", "2.1.0", "2.0.0", "may not read"),
        ("major", "v1.2.3", "3", "must not skip major 2"),
        ("major", "", "3.0.0", ""),
        ("major", "edge", "3.0.0", ""),
    ],
)
def test_the_way_from_one_version_to_another(steps: str, installed: str, wanted: str, refused: str) -> None:
    component = Component(name="store", steps=steps, data="all of it")
    fault = releases.path_fault(component, installed, wanted)
    assert (fault == "") is (refused == "")
    assert refused in fault
    assert fault.startswith("store " if refused else "")


def test_what_holds_no_data_may_go_back() -> None:
    assert releases.path_fault(Component(name="web"), "3.0.0", "1.0.0") == ""


def test_a_component_is_planned_like_an_application() -> None:
    platform = examples.platform()
    plan = releases.release_plan("store", platform, "upstream", "1.2.3", document=b"x", content="sha256:1")
    assert plan.chart.repository.endswith("platform/upstream")
    assert (plan.version, plan.chart.tag, plan.app.name) == ("1.2.3", "1.2.3", "store")
    other = releases.release_plan("store", platform, "upstream", "1.2.3", document=b"y", content="sha256:1")
    assert other.key != plan.key


def test_a_component_brings_its_namespace_and_the_environment_its_cluster() -> None:
    platform = examples.platform()
    environment = platform.environments[0]
    target = releases.target_of(Component(name="store", namespace="stores"), platform, environment, "-x")
    assert (target.name, target.namespace) == ("store-x", "stores")
    assert target.context == platform.cluster_of(environment).context


def test_what_a_release_was_made_from_is_read_back() -> None:
    values = json.loads(releases.marks("sha256:1", "1.2.3", "9.9.9"))
    assert releases.marked(values, releases.SERVER) == "9.9.9"
    assert releases.marked({}, releases.CHART) == ""
    assert releases.marked({"global": "x"}, releases.CHART) == ""


def test_whoever_monitors_asks_each_port_that_is_declared() -> None:
    two = Flows(scrape=(Scrape(port=8200, path="/v1/metrics?a=b"), Scrape(port=9187)))
    found = releases.scrapes([Component(name="quiet"), Component(name="vault", namespace="safe", flows=two)])
    assert found == [
        {"name": "vault", "namespace": "safe", "port": 8200, "path": "/v1/metrics?a=b"},
        {"name": "vault", "namespace": "safe", "port": 9187, "path": "/metrics"},
    ]


def test_a_way_out_is_told_as_policies_say_it() -> None:
    platform = replace(examples.platform(), network=Network(inside=("203.0.113.0/24",)))
    entry = ComponentEntry(name="files", reaches=("192.0.2.7:9000", "[2001:db8::/32]:443", "internet:443"))
    one, six, everything = releases.reaches(entry, platform)
    assert one == {"blocks": [{"cidr": "192.0.2.7/32", "except": []}], "port": 9000}
    assert six == {"blocks": [{"cidr": "2001:db8::/32", "except": []}], "port": 443}
    four = [each for each in (*PRIVATE, "203.0.113.0/24") if ":" not in each]
    assert everything == {
        "blocks": [
            {"cidr": "0.0.0.0/0", "except": four},
            {"cidr": "::/0", "except": ["fc00::/7", "fe80::/10"]},
        ],
        "port": 443,
    }


@pytest.mark.parametrize(
    ("value", "values", "wanted"),
    [
        ("", {"image": {"tag": "2.0.4"}}, "2.7.2"),
        ("/image/tag", {"image": {"tag": "2.0.4"}}, "2.0.4"),
        ("/image/tag", {"image": {}}, "2.7.2"),
    ],
)
def test_a_server_is_of_the_version_that_the_values_name(
    value: str, values: dict[str, object], wanted: str
) -> None:
    ask = Question(service="s", port=1, path="/")
    component = Component(name="x", version=VersionQuestion(ask=ask, pointer="/version", value=value))
    assert releases.server_of(component, values, {"appVersion": "2.7.2"}) == wanted
    assert releases.server_of(Component(name="x"), values, {"appVersion": "2.7.2"}) == "2.7.2"
