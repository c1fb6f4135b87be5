"""Which layer closes a flow, by which object."""

from __future__ import annotations

from typing import Any

from pipelinekit.model.network.ports import Ports
from pipelinekit.plan.network.layers import Layers
from pipelinekit.plan.network.mesh import Proxies
from pipelinekit.plan.network.semantics import Semantics
from tests.network.worlds import cluster, pod, policy, with_sidecar

OUT = "{podSelector: {matchLabels: {app: shop}}, policyTypes: [Egress], egress: [{ports: [{port: %s}]}]}"
INTO = "{podSelector: {matchLabels: {app: stock}}, ingress: [{ports: [{port: %s}]}]}"
STRICT: dict[str, Any] = {
    "kind": "PeerAuthentication",
    "metadata": {"name": "all", "namespace": "shops"},
    "spec": {"mtls": {"mode": "STRICT"}},
}


def layers(*policies: str, mesh: tuple[dict[str, Any], ...] = (), sidecars: bool = False) -> Layers:
    shop, stock = pod("shop"), pod("stock")
    made = cluster(
        shop,
        with_sidecar(stock) if sidecars else stock,
        policies=tuple(policy(text, f"p{at}") for at, text in enumerate(policies)),
        mesh=mesh,
    )
    return Layers(Semantics(made), Proxies(made))


def said(asked: Layers, port: int) -> list[str]:
    shop, stock = asked.semantics.cluster.pods
    return asked.closing(shop, stock, Ports.one(port))


def test_each_layer_that_closes_a_port_is_told_with_its_policy() -> None:
    out, into = said(layers(OUT % 80, INTO % 443), 8080)
    assert out.startswith("Egress: 8080 is closed: NetworkPolicy shops/p0")
    assert into.startswith("Ingress: 8080 is closed: NetworkPolicy shops/p1")


def test_a_name_that_the_pod_has_not_is_told() -> None:
    (line,) = said(layers(INTO % "web"), 8080)
    assert "opens 'web' (TCP), and shops/stock has no port of that name" in line


def test_the_mesh_is_a_layer_of_its_own() -> None:
    (line,) = said(layers(mesh=(STRICT,), sidecars=True), 8080)
    assert line.startswith("mesh: 8080 is closed: PeerAuthentication shops/all: the caller has no sidecar")


def test_what_opens_a_port_is_told_layer_by_layer() -> None:
    asked = layers(INTO % 8080, sidecars=True)
    shop, stock = asked.semantics.cluster.pods
    assert asked.opening(shop, stock, Ports.one(8080)) == [
        "Egress: open, no policy selects it",
        "Ingress: open, by NetworkPolicy shops/p0",
        "mesh: open, no AuthorizationPolicy selects it",
    ]
