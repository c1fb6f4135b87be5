"""A cluster's answers and what follows, for each kind of answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.ground.inspection import Access, Facts
from pipelinekit.model.rollout.component import Component, Node
from pipelinekit.plan.preflight.cluster import DEFAULT, ROLLOUT, judged, wanted

STORE = Component(
    name="store",
    namespace="stores",
    chart="chart",
    data="all",
    images=("a.example.com/one:1", "a.example.com/two:1", "b.example.com/three:1"),
    node=Node(sysctls={"net.core.somaxconn": 1024}),
)
WEB = Component(name="web", namespace="webs", chart="chart")
WANTS = wanted([STORE, WEB], STORE.images, "mirror/busybox", "", 60)


def node(version: str = "v1.34.1", name: str = "one") -> dict[str, Any]:
    return {"metadata": {"name": name}, "status": {"nodeInfo": {"kubeletVersion": version}}}


def storage(name: str = "fast", **fields: object) -> dict[str, Any]:
    about = {"name": name, "annotations": {DEFAULT: "true"}}
    return {"metadata": about, "provisioner": "disk.example.com", "allowVolumeExpansion": True, **fields}


GOOD = Facts(
    version="1.34.4",
    client="1.34.0",
    rbac=True,
    strangers={"nobody": False},
    allowed=dict.fromkeys(ROLLOUT, True),
    classes=(storage(),),
    drivers=frozenset({"disk.example.com"}),
    nodes=(node(),),
    daemons=(),
)


def said(facts: Facts, *components: Component) -> dict[str, tuple[str, str]]:
    found = judged(facts, WANTS, components or (STORE, WEB))
    return {each.name: (each.state, each.reason) for each in found}


def test_a_cluster_as_it_should_be_is_fine_in_everything() -> None:
    assert {state for state, _ in said(GOOD).values()} == {"ok"}


def test_of_each_registry_one_image_is_tried_and_each_kernel_setting_once() -> None:
    assert WANTS.pulls == ("a.example.com/two:1", "b.example.com/three:1")
    assert wanted([], ("busybox:1", "a/b:1", "docker.io/c:1"), "", "", 60).pulls == ("docker.io/c:1",)
    assert WANTS.namespaces == ("stores", "webs")
    assert "net.core.somaxconn" in WANTS.sysctls
    assert "vm.max_map_count" in WANTS.sysctls


@pytest.mark.parametrize(
    ("fields", "name", "state", "words"),
    [
        ({"version": "1.27.9", "nodes": (node("v1.27.9"),)}, "version", "fails", "1.27.9 is older than 1.28"),
        ({"version": "local"}, "version", "not checked", "calls itself local"),
        ({"nodes": None}, "kubelets", "not checked", "may not list nodes"),
        ({"nodes": ()}, "kubelets", "fails", "no node"),
        ({"nodes": (node("v1.35.0"),)}, "kubelets", "fails", "one has 1.35.0"),
        ({"nodes": (node("v1.30.9"),)}, "kubelets", "fails", "one has 1.30.9"),
        ({"rbac": False}, "rbac", "fails", "does not have rbac"),
        ({"strangers": {"nobody": True}}, "rbac", "fails", "are open to nobody"),
        ({"strangers": {"nobody": None}}, "rbac", "not checked", "may not ask"),
        ({"strangers": {}}, "rbac", "not checked", "may not ask"),
        ({"rbac": None}, "rbac", "not checked", "may not ask"),
        ({"allowed": {}}, "rights", "not checked", "does not say"),
        ({"classes": None}, "storage", "not checked", "may not list"),
        ({"classes": ()}, "storage", "fails", "no storage class is the default; data is held by store"),
        ({"classes": (storage(), storage("slow"))}, "storage", "fails", "2 storage classes are the default"),
        ({"classes": (storage(allowVolumeExpansion=False),)}, "storage fast", "fails", "do not grow"),
        ({"drivers": frozenset()}, "storage fast", "not checked", "no CSIDriver of that name"),
    ],
)
def test_what_is_not_as_it_should_be_is_told_by_name(
    fields: dict[str, Any], name: str, state: str, words: str
) -> None:
    found = said(replace(GOOD, **fields))
    assert found[name][0] == state
    assert words in found[name][1]
    others = {each: found[each][0] for each in found if each != name}
    assert set(others.values()) <= {"ok", "not checked"}


def test_a_storage_class_is_no_fault_where_nothing_holds_data() -> None:
    for classes in ((), (storage(allowVolumeExpansion=False),)):
        facts = replace(GOOD, classes=classes)
        assert "fails" not in {state for state, _ in said(facts, WEB).values()}
        advice = [each.hint for each in judged(facts, WANTS, (WEB,)) if each.name.startswith("storage")]
        assert set(advice) == {""}


def test_a_right_in_the_namespaces_that_count_is_enough_for_what_has_a_namespace() -> None:
    pods, spaces = Access("get", "", "pods"), Access("create", "", "namespaces")
    places = {Access("get", "", "pods", each): True for each in WANTS.namespaces}
    narrow = replace(GOOD, allowed={**GOOD.allowed, pods: False, **places})
    assert said(narrow)["rights"][0] == "ok"
    lacking = replace(GOOD, allowed={**narrow.allowed, Access("get", "", "pods", "webs"): False})
    assert said(lacking)["rights"] == ("fails", "the account may not: get pods in webs")
    never = replace(GOOD, allowed={**GOOD.allowed, spaces: False})
    assert said(never)["rights"] == ("fails", "the account may not: create namespaces")


def test_a_kubectl_far_away_from_the_server_is_told_and_no_fault() -> None:
    (version, *_) = judged(replace(GOOD, client="1.36.3"), WANTS, ())
    assert (version.state, "1.36.3" in version.hint) == ("ok", True)


BARE = {"metadata": {"name": "slow"}, "provisioner": "disk.example.com"}


@pytest.mark.parametrize(
    ("classes", "wanted_classes", "found"),
    [
        # Nobody takes the default one.
        ((storage("nc2-fast", metadata={"name": "nc2-fast"}), BARE), ("nc2-fast",), []),
        ((storage("nc2-fast", metadata={"name": "nc2-fast"}), BARE), ("slow",), ["storage slow"]),
        ((storage(),), ("nc2-fast",), ["storage nc2-fast"]),
        ((BARE,), ("", "nc2-fast"), ["storage", "storage nc2-fast"]),
        ((BARE,), (), ["storage"]),
    ],
)
def test_a_class_is_asked_for_by_the_claims_that_are_rendered(
    classes: tuple[Any, ...], wanted_classes: tuple[str, ...], found: list[str]
) -> None:
    wants = replace(WANTS, classes={"store": wanted_classes})
    checks = judged(replace(GOOD, classes=classes), wants, (STORE, WEB))
    assert [each.name for each in checks if each.state == "fails"] == found
    told = "there is no storage class nc2-fast, which store names"
    assert (told in [each.reason for each in checks]) is ("storage nc2-fast" in found)
