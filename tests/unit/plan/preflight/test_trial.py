"""What pods found out and what follows; a network without policies fails by its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.ground.inspection import Facts, Pull, Tried, Wants
from pipelinekit.model.rollout.component import Component, Node
from pipelinekit.plan.preflight.trial import APART, judged, networks

IMAGE = "a.example.com/one:1"
WANTS = Wants(access=(), image="busybox", pulls=(IMAGE,))
FACTS = Facts(
    version="1.34.4", client="1.34.4", nodes=({"metadata": {"name": "one"}},), daemons=("kube-flannel-ds",)
)
LOG = "time 1764300000\ncgroups 2\nvm.max_map_count 65530\nuser.max_user_namespaces 900\n"
GOOD = Tried(
    open=True,
    closed=True,
    again=True,
    nodes={"one": LOG},
    skews={"one": 0},
    skew=0,
    pulls={IMAGE: Pull(True)},
)


def said(tried: Tried, facts: Facts = FACTS, **node: Any) -> dict[str, tuple[str, str]]:
    component = Component(name="search", namespace="s", chart="chart", node=Node(**node))
    return {each.name: (each.state, each.reason) for each in judged(tried, facts, WANTS, (component,))}


def test_a_cluster_as_it_should_be_is_fine_in_everything() -> None:
    assert {state for state, _ in said(GOOD).values()} == {"ok"}


@pytest.mark.parametrize(
    ("daemons", "words"),
    [
        (("kube-flannel-ds", "kube-proxy"), "Flannel alone enforces no policies"),
        (("kube-flannel-ds", "calico-node"), "not enforced (Calico, Flannel)"),
        (("kube-proxy",), "not enforced"),
        (None, "not enforced"),
    ],
)
def test_a_network_without_policies_fails_by_name(daemons: tuple[str, ...] | None, words: str) -> None:
    facts = replace(FACTS, daemons=daemons)
    state, reason = said(replace(GOOD, closed=False, again=False), facts)["network policies"]
    assert state == "fails"
    assert reason.startswith(words)


@pytest.mark.parametrize(
    ("fields", "name", "state", "words"),
    [
        ({"unready": "no such image"}, "network policies", "not checked", "no such image"),
        ({"open": False, "closed": None}, "network policies", "not checked", "a deny proves nothing"),
        ({"again": False}, "network policies", "not checked", "nor after it"),
        ({"nodes": {"one": ""}}, "node one", "not checked", "said nothing"),
        ({"nodes": {}}, "nodes", "not checked", "1 more node got"),
        ({"skew": None}, "clock", "not checked", "what time it is"),
        ({"skew": APART + 1}, "clock", "fails", "the cluster is at least 31 s ahead"),
        ({"skews": {"one": -APART - 1}}, "clock", "fails", "node one is at least 31 s behind"),
        ({"pulls": {IMAGE: Pull(False, "denied")}}, f"image {IMAGE}", "fails", "denied"),
        ({"pulls": {}}, f"image {IMAGE}", "not checked", "in time"),
    ],
)
def test_what_is_not_as_it_should_be_is_told_by_name(
    fields: dict[str, Any], name: str, state: str, words: str
) -> None:
    found = said(replace(GOOD, **fields))
    assert found[name][0] == state
    assert words in found[name][1]
    assert {found[each][0] for each in found if each != name} <= {"ok"}


@pytest.mark.parametrize(
    ("needs", "words"),
    [
        ({"sysctls": {"vm.max_map_count": 262144}}, "vm.max_map_count 262144, it is 65530"),
        ({"sysctls": {"net.core.somaxconn": 1}}, "net.core.somaxconn 1, it is not known"),
        ({"cgroups": 1}, "cgroups 1, it has 2"),
    ],
)
def test_what_a_component_needs_of_a_node_and_the_node_lacks(needs: dict[str, Any], words: str) -> None:
    state, reason = said(GOOD, **needs)["node one"]
    assert state == "fails"
    assert f"search needs {words}" in reason


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ("user.max_user_namespaces 900\n", "ok"),
        ("user.max_user_namespaces 0\n", "fails"),
        ("user.max_user_namespaces 900\nkernel.unprivileged_userns_clone 0\n", "fails"),
        ("", "fails"),
    ],
)
def test_user_namespaces_count_only_where_a_pod_could_have_one(lines: str, state: str) -> None:
    tried = replace(GOOD, nodes={"one": f"time 1\n{lines}"})
    assert said(tried, user_namespaces=True)["node one"][0] == state


def test_where_no_pods_can_be_made_all_of_it_is_not_checked_and_says_why() -> None:
    found = said(Tried(problem="namespaces is forbidden"))
    assert {state for state, _ in found.values()} == {"not checked"}
    assert all("namespaces is forbidden" in reason for _, reason in found.values())


def test_networks_are_known_by_their_daemons() -> None:
    assert networks(replace(FACTS, daemons=("cilium", "cilium-envoy"))) == ("Cilium",)
