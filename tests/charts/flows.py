"""Who may call whom, by what rendered policies say: network policies by labels, Istio's by identities.

As Kubernetes and Istio evaluate them: policies that select a pod are alternatives, and close what none
names; a pod that none selects is open. Only what generated charts use is known here; anything else raises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from tests.charts.helm import Object

SIDECAR = 15020
"""The sidecar's own port, which its policies do not see."""


@dataclass(frozen=True)
class Pod:
    """One end of a flow. `ports` are those that the pod names."""

    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: str = "somewhere"
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    account: str = "default"
    address: str = "10.244.0.9"
    ports: Mapping[str, int] = field(default_factory=dict)

    @property
    def principal(self) -> str:
        """Its identity in the mesh."""
        return f"cluster.local/ns/{self.namespace}/sa/{self.account}"


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    assert selector.keys() <= {"matchLabels"}, selector
    return bool(selector.get("matchLabels", {}).items() <= labels.items())


def _is_peer(peer: Mapping[str, Any], pod: Pod, home: str) -> bool:
    assert peer.keys() <= {"ipBlock", "namespaceSelector", "podSelector"}, peer
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        address = ip_address(pod.address)
        return address in ip_network(block["cidr"]) and not any(
            address in ip_network(each) for each in block.get("except", ())
        )
    labels = {**pod.namespace_labels, "kubernetes.io/metadata.name": pod.namespace}
    near = pod.namespace == home
    there = _selects(peer["namespaceSelector"], labels) if "namespaceSelector" in peer else near
    return there and _selects(peer.get("podSelector", {}), pod.labels)


def _is_port(rule: Mapping[str, Any], port: int, server: Pod) -> bool:
    ports = rule.get("ports")
    return ports is None or any(
        port == (each["port"] if isinstance(each["port"], int) else server.ports.get(each["port"]))
        for each in ports
        if each.get("protocol", "TCP") == "TCP"
    )


def _network(objects: Sequence[Object], at: Pod, other: Pod, port: int, server: Pod, way: str) -> bool:
    policies = [
        each["spec"]
        for each in objects
        if each["kind"] == "NetworkPolicy"
        and way in each["spec"]["policyTypes"]
        and _selects(each["spec"]["podSelector"], at.labels)
    ]
    side = {"Ingress": "from", "Egress": "to"}[way]
    return not policies or any(
        _is_port(rule, port, server)
        and (side not in rule or any(_is_peer(each, other, at.namespace) for each in rule[side]))
        for policy in policies
        for rule in policy.get(way.lower(), ())
    )


def enters(objects: Sequence[Object], caller: Pod, server: Pod, port: int) -> bool:
    """Whether the network policies of the server's release let the caller in."""
    return _network(objects, server, caller, port, server, "Ingress")


def leaves(objects: Sequence[Object], caller: Pod, server: Pod, port: int) -> bool:
    """Whether the network policies of the caller's release let it out."""
    return _network(objects, caller, server, port, server, "Egress")


def authorized(
    objects: Sequence[Object],
    caller: Pod,
    server: Pod,
    port: int,
    *,
    method: str = "GET",
    path: str = "/",
) -> bool:
    """Whether the mesh lets the caller's identity in."""
    policies = [
        each["spec"]
        for each in objects
        if each["kind"] == "AuthorizationPolicy" and _selects(each["spec"]["selector"], server.labels)
    ]
    if not policies or port == SIDECAR:
        return True
    assert all(each["action"] == "ALLOW" for each in policies)
    asked = {"ports": str(port), "methods": method, "paths": path}
    return any(_rule(rule, caller, asked) for policy in policies for rule in policy["rules"])


def _rule(rule: Mapping[str, Any], caller: Pod, asked: Mapping[str, str]) -> bool:
    assert rule.keys() <= {"from", "to"}, rule
    known = {"principals": caller.principal, "namespaces": caller.namespace}
    return any(_all(each["source"], known) for each in rule["from"]) and any(
        _all(each["operation"], asked) for each in rule.get("to", [{"operation": {}}])
    )


def _all(wanted: Mapping[str, list[str]], known: Mapping[str, str]) -> bool:
    assert wanted.keys() <= known.keys(), wanted
    return all(known[key] in values for key, values in wanted.items())
