"""Kubernetes' network policies once more, written down the slow way: pair by pair, from the objects' text.

What the proof is held against: nothing of it is shared with the proof but the list of pods.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelinekit.model.network.ends import Pod

Policy = Mapping[str, Any]

POD = "10.244.7.7"
"""An address of a pod."""


@dataclass(frozen=True)
class Address:
    """An end outside of the pods' network."""

    name: str
    ip: str


@dataclass
class Network:
    """Policies, each with its namespace, in a cluster whose namespaces have labels."""

    policies: Sequence[tuple[str, Policy]]
    namespaces: Mapping[str, Mapping[str, str]]
    _chosen: dict[tuple[int, str], list[Any] | None] = field(default_factory=dict)
    _met: dict[tuple[int, str, str], list[Any]] = field(default_factory=dict)

    def reaches(self, caller: Pod | Address, server: Pod | Address, port: int, protocol: str) -> bool:
        """Whether both ends let a packet through."""
        out = not isinstance(caller, Pod) or self._lets(caller, "Egress", server, server, port, protocol)
        return out and (
            not isinstance(server, Pod) or self._lets(server, "Ingress", caller, server, port, protocol)
        )

    def _lets(
        self, at: Pod, way: str, other: Pod | Address, server: Pod | Address, port: int, protocol: str
    ) -> bool:
        met = self.met(at, way, other)
        return met is None or any(_opens(ports, server, port, protocol) for ports in met)

    def met(self, at: Pod, way: str, other: Pod | Address) -> list[Any] | None:
        """The ports of each rule that means the other end; None: no policy selects the pod."""
        rules = self._rules(at, way)
        if rules is None:
            return None
        key = (id(at), way, other.name)
        if key not in self._met:
            side = "to" if way == "Egress" else "from"
            self._met[key] = [
                rule.get("ports") for rule in rules if self._meets(rule.get(side), at.namespace, other)
            ]
        return self._met[key]

    def _rules(self, at: Pod, way: str) -> list[Any] | None:
        """The rules for a pod's way; None: no policy selects it."""
        key = (id(at), way)
        if key not in self._chosen:
            mine = [
                spec["spec"]
                for home, spec in self.policies
                if home == at.namespace
                and _selects(spec["spec"].get("podSelector") or {}, at.labels)
                and way in _ways(spec["spec"])
            ]
            rules = [rule for spec in mine for rule in spec.get(way.lower()) or ()]
            self._chosen[key] = rules if mine else None
        return self._chosen[key]

    def _meets(self, peers: Sequence[Any] | None, home: str, other: Pod | Address) -> bool:
        return not peers or any(self._is(peer, home, other) for peer in peers)

    def _is(self, peer: Mapping[str, Any], home: str, other: Pod | Address) -> bool:
        if "ipBlock" in peer:
            address = ipaddress.ip_address(other.ip if isinstance(other, Address) else POD)
            block = peer["ipBlock"]
            return address in ipaddress.ip_network(block["cidr"]) and not any(
                address in ipaddress.ip_network(each) for each in block.get("except") or ()
            )
        if isinstance(other, Address):
            return False
        labels = {**self.namespaces.get(other.namespace, {}), "kubernetes.io/metadata.name": other.namespace}
        if "namespaceSelector" in peer:
            there = _selects(peer["namespaceSelector"] or {}, labels)
        else:
            there = other.namespace == home
        return there and _selects(peer.get("podSelector") or {}, other.labels)


def _ways(spec: Mapping[str, Any]) -> Sequence[str]:
    return spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for each in selector.get("matchExpressions") or ():
        value = labels.get(each["key"])
        holds = {
            "In": value in (each.get("values") or ()),
            "NotIn": value not in (each.get("values") or ()),
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }
        if not holds[each["operator"]]:
            return False
    return True


def _opens(ports: Sequence[Any] | None, server: Pod | Address, port: int, protocol: str) -> bool:
    if not ports:
        return True
    for each in ports:
        if each.get("protocol", "TCP") != protocol:
            continue
        wanted = each.get("port")
        if wanted is None or wanted == port:
            return True
        if isinstance(wanted, int) and wanted <= port <= each.get("endPort", wanted):
            return True
        if isinstance(wanted, str) and isinstance(server, Pod):
            named = [(one.name, one.number, one.protocol) for one in server.ports]
            if (wanted, port, protocol) in named:
                return True
    return False
