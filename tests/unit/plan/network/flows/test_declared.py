"""The flows that every application and component has."""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.network.ends import BEFORE, Outside
from pipelinekit.model.network.ports import ALL, Ports
from pipelinekit.plan.network.flows import declared
from pipelinekit.plan.network.flows.declared import Ground
from pipelinekit.plan.network.rendered.assembly import MONITORING, ROLE
from tests.network.worlds import cluster, pod, with_sidecar

DNS = pod("kube-dns", "kube-system", labels={"k8s-app": "kube-dns"}, owner="(dns)")


def ground(*pods: object) -> Ground:
    return Ground.of(
        cluster(*pods, namespaces={"watch": {ROLE: MONITORING}}),  # type: ignore[arg-type]
        ("203.0.113.0/24",),
    )


def test_names_are_asked_of_the_cluster_and_may_be_asked_of_the_node() -> None:
    flows = list(declared.names("shop", ground(DNS), needed=True))
    assert [(each.server.name, each.needed) for each in flows] == [
        (DNS.name, True),
        ("the node's cache of names", False),
    ]
    assert {each.ports for each in flows} == {Ports.one(53) | Ports.one(53, "UDP")}


def test_sidecars_alone_need_the_meshs_control_plane() -> None:
    istiod = pod("istiod", "istio-system")
    assert list(declared.control("shop", ground(pod("shop"), istiod))) == []
    (flow,) = declared.control("shop", ground(with_sidecar(pod("shop")), istiod))
    assert (flow.server, flow.ports) == (istiod, Ports.one(15012))


def test_the_internet_is_what_is_neither_private_nor_the_clusters_own() -> None:
    end = declared.out("shop", "internet", 443, ground()).server
    assert isinstance(end, Outside)
    assert "203.0.113.0/24" in end.excepted
    assert "10.0.0.0/8" in end.excepted
    assert declared.out("shop", "10.1.0.0/16", 5432, ground()).server.name == "10.1.0.0/16"


def test_a_task_ahead_of_its_release_needs_no_way_in() -> None:
    task = replace(pod("migrate"), hook=BEFORE, owner="shop")
    flows = list(declared.among("shop", ground(pod("shop"), task)))
    assert [(each.server.name, each.needed, each.ports) for each in flows] == [
        ("shops/shop", True, ALL),
        ("shops/migrate", False, ALL),
    ]


def test_a_role_is_whoever_is_in_a_namespace_with_its_label() -> None:
    watcher = pod("prometheus", "watch")
    flows = list(
        declared.from_role(MONITORING, [pod("shop")], Ports.one(9100), "x", ground(watcher, pod("shop")))
    )
    assert [(each.caller, each.role) for each in flows] == [("prometheus", MONITORING)]
