"""A cluster's addresses and those that are named, for each way in which they can differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.ground.inspection import Addresses, Facts
from pipelinekit.model.network.ends import Grounds
from pipelinekit.plan.preflight.addresses import judged


def node(name: str = "one", address: str = "192.0.2.7", *cidrs: str) -> dict[str, Any]:
    told = [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}]
    return {
        "metadata": {"name": name},
        "spec": {"podCIDRs": list(cidrs)} if cidrs else {},
        "status": {"addresses": told},
    }


NAMED = Grounds(
    api_servers=("192.0.2.1:6443", "[fd00::1]:6443"),
    nodes=("192.0.2.0/24",),
    pods=("10.244.0.0/16",),
    services=("10.96.0.0/12",),
    namespaces={"db": {"pipelinekit.dev/service": "sql"}},
)
THERE = Addresses(
    api_servers=("192.0.2.1:6443", "[fd00:0::1]:6443"),
    pods=("10.244.0.9", "10.244.1.1"),
    services=("10.96.0.1",),
    ranges=("10.96.0.0/12",),
    namespaces={"db": {"pipelinekit.dev/service": "sql", "more": "x"}, "default": {}},
)
FACTS = Facts(version="1", client="1", nodes=(node("one", "192.0.2.7", "10.244.0.0/24"),), addresses=THERE)
KEYS = ["apiServers", "nodes", "pods", "services", "namespaces"]


def said(facts: Facts = FACTS, grounds: Grounds | None = NAMED) -> dict[str, tuple[str, str, str]]:
    return {
        each.name.removeprefix("addresses: "): (each.state, each.reason, each.hint)
        for each in judged(facts, grounds)
    }


def test_what_is_named_as_it_is_is_fine() -> None:
    found = said()
    assert {name: state for name, (state, _, _) in found.items()} == dict.fromkeys(KEYS, "ok")
    assert found["pods"][1] == "2 addresses, 10.244.0.0/24: in 10.244.0.0/16"


@pytest.mark.parametrize(
    ("key", "fields", "reason"),
    [
        ("apiServers", {"api_servers": ("192.0.2.1:6443",)}, "[fd00:0::1]:6443 is behind the Service"),
        (
            "apiServers",
            {"api_servers": (*NAMED.api_servers, "192.0.2.2:6443")},
            "192.0.2.2:6443 is named and not there",
        ),
        ("apiServers", {"api_servers": ("192.0.2.1:443", "[fd00::1]:6443")}, "192.0.2.1:6443 is behind"),
        ("nodes", {"nodes": ("192.0.2.8/29",)}, "one has 192.0.2.7: not in 192.0.2.8/29"),
        ("pods", {"pods": ("10.244.0.0/24",)}, "a pod has 10.244.1.1: not in 10.244.0.0/24"),
        ("pods", {"pods": ("10.244.0.0/25", "10.244.1.0/24")}, "pods of one get theirs from 10.244.0.0/24"),
        ("services", {"services": ("10.97.0.0/16",)}, "Services get theirs from 10.96.0.0/12, a Service has"),
        ("namespaces", {"namespaces": {"db": {"a": "b"}}}, "db has not a=b"),
    ],
)
def test_what_is_otherwise_than_named_fails_and_says_what_is(
    key: str, fields: dict[str, Any], reason: str
) -> None:
    found = said(grounds=replace(NAMED, **fields))
    state, why, hint = found.pop(key)
    assert (state, reason in why, bool(hint)) == ("fails", True, True), why
    assert {state for state, _, _ in found.values()} == {"ok"}


@pytest.mark.parametrize(
    ("key", "facts", "reason"),
    [
        ("apiServers", {"api_servers": None}, "may not list EndpointSlices"),
        ("pods", {"pods": None}, "may not list pods"),
        ("services", {"services": None, "ranges": None}, "may not list services"),
        ("namespaces", {"namespaces": None}, "may not list namespaces"),
        ("namespaces", {"namespaces": {}}, "not there yet: db"),
    ],
)
def test_what_cannot_be_read_is_not_checked(key: str, facts: dict[str, Any], reason: str) -> None:
    plain = replace(FACTS, nodes=(node(),), addresses=replace(THERE, **facts))
    state, why, _ = said(plain)[key]
    assert (state, reason in why) == ("not checked", True), why


def test_nodes_that_cannot_be_listed_are_not_checked_and_pods_are_held_against_what_there_is() -> None:
    found = said(replace(FACTS, nodes=None))
    assert [found[key][0] for key in ("nodes", "pods")] == ["not checked", "ok"]
    assert said(replace(FACTS, addresses=replace(THERE, pods=None)))["pods"][0] == "ok"


def test_a_cluster_without_pods_has_nothing_to_compare() -> None:
    bare = replace(FACTS, nodes=(node(),), addresses=replace(THERE, pods=()))
    assert said(bare)["pods"][:2] == (
        "not checked",
        "the cluster has none to compare with 10.244.0.0/16",
    )


def test_a_nodes_own_address_between_those_of_its_pods_is_no_pods() -> None:
    grounds = replace(NAMED, nodes=("10.244.0.1/32",), pods=("10.244.0.0/32", "10.244.0.2/31"))
    facts = replace(
        FACTS,
        nodes=(node("one", "10.244.0.1", "10.244.0.0/30"),),
        addresses=replace(THERE, pods=("10.244.0.2",)),
    )
    assert said(facts, grounds)["pods"][0] == "ok"


def test_what_nobody_names_is_told_with_what_the_cluster_says() -> None:
    (only,) = judged(FACTS, None)
    assert (only.state, 'nodes: ["192.0.2.7/32"]' in only.hint) == ("not checked", True), only.hint
    (bare,) = judged(Facts(version="1", client="1"), None)
    assert bare.hint.endswith("name them there")
    found = said(grounds=Grounds(pods=NAMED.pods))
    assert found["services"] == (
        "not checked",
        "platform.yaml names no services of this cluster",
        'the cluster\'s are services: ["10.96.0.0/12", "10.96.0.1"]',
    )
    assert "namespaces" not in found


@pytest.mark.parametrize("address", ["node-1.example.com", "", None, "10.0.0.0/8"])
def test_what_a_node_calls_its_address_and_is_none_is_left_out(address: Any) -> None:
    """The server takes any text there."""
    odd = node("two", "192.0.2.8")
    odd["status"]["addresses"][0]["address"] = address
    facts = replace(FACTS, nodes=(*(FACTS.nodes or ()), odd))
    (found,) = [each for each in judged(facts, NAMED) if each.name == "addresses: nodes"]
    assert found.state == "ok"
    assert "1 address" in found.reason
