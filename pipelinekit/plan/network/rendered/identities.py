"""Rendered objects of Istio to their values. What is not understood is refused, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipelinekit.errors import refused
from pipelinekit.model.network.mesh import (
    DISABLE,
    PERMISSIVE,
    STRICT,
    UNSET,
    AuthorizationPolicy,
    MeshRule,
    Operation,
    PeerAuthentication,
    Source,
    Words,
)
from pipelinekit.model.network.policies import Selector
from pipelinekit.model.network.ports import ALL, NONE, Ports
from pipelinekit.plan.network.rendered.policies import selector_of

Object = Mapping[str, Any]

_DRY_RUN = "istio.io/dry-run"
_ACTIONS = ("ALLOW", "DENY", "AUDIT")
_SOURCE = {
    "principals",
    "notPrincipals",
    "namespaces",
    "notNamespaces",
}
_FURTHER = {
    "requestPrincipals",
    "notRequestPrincipals",
    "ipBlocks",
    "notIpBlocks",
    "remoteIpBlocks",
    "notRemoteIpBlocks",
}
_HTTP = {"hosts", "notHosts", "methods", "notMethods", "paths", "notPaths"}


def read_authorization(found: Object, namespace: str) -> AuthorizationPolicy:
    """An AuthorizationPolicy; raises `Refused` for one that hands the decision on, or is for a waypoint."""
    spec, home, origin = _parts(found, namespace)
    action = spec.get("action") or "ALLOW"
    if action not in _ACTIONS:
        raise _beyond(origin, f"the action {action} leaves the decision to something else")
    if spec.get("targetRef") or spec.get("targetRefs"):
        raise _beyond(origin, "targetRefs is for gateways and waypoints, which this version does not follow")
    annotations = (found.get("metadata") or {}).get("annotations") or {}
    tried = str(annotations.get(_DRY_RUN, "")).lower() == "true"
    return AuthorizationPolicy(
        namespace=home,
        # What is only tried opens and closes as little as what is only written down.
        action="AUDIT" if tried else action,
        pods=_pods(spec, origin),
        rules=tuple(_rule(each or {}, origin) for each in spec.get("rules") or ()),
        origin=origin,
    )


def read_authentication(found: Object, namespace: str) -> PeerAuthentication:
    """A PeerAuthentication. Ports without a selector count for nothing in Istio, and so do they here."""
    spec, home, origin = _parts(found, namespace)
    pods = _pods(spec, origin)
    ports = {int(port): _mode(each, origin) for port, each in (spec.get("portLevelMtls") or {}).items()}
    return PeerAuthentication(
        namespace=home,
        mode=_mode(spec.get("mtls"), origin),
        pods=pods,
        ports=ports,
        origin=origin,
    )


def _parts(found: Object, namespace: str) -> tuple[Object, str, str]:
    metadata = found.get("metadata") or {}
    home = str(metadata.get("namespace") or namespace)
    return found.get("spec") or {}, home, f"{found.get('kind')} {home}/{metadata.get('name')}"


def _pods(spec: Object, origin: str) -> Selector | None:
    labels = (spec.get("selector") or {}).get("matchLabels")
    return selector_of({"matchLabels": labels}, origin) if labels else None


def _mode(data: Any, origin: str) -> str:
    mode = str((data or {}).get("mode") or UNSET)
    if mode not in (STRICT, PERMISSIVE, DISABLE, UNSET):
        raise _beyond(origin, f"there is no mode {mode}")
    return mode


def _rule(data: Object, origin: str) -> MeshRule:
    sources = [_source(each.get("source") or {}, origin) for each in data.get("from") or ()]
    operations = [_operation(each.get("operation") or {}, origin) for each in data.get("to") or ()]
    return MeshRule(
        sources=tuple(sources) or None,
        operations=tuple(operations) or None,
        further=bool(data.get("when")),
    )


def _source(data: Object, origin: str) -> Source:
    _known(data, _SOURCE | _FURTHER, origin)
    return Source(
        principals=_words(data, "principals", "notPrincipals"),
        namespaces=_words(data, "namespaces", "notNamespaces"),
        further=any(data.get(each) for each in _FURTHER),
    )


def _operation(data: Object, origin: str) -> Operation:
    _known(data, _HTTP | {"ports", "notPorts"}, origin)
    ports = _tcp(data["ports"]) if data.get("ports") else ALL
    return Operation(
        ports=ports - (_tcp(data["notPorts"]) if data.get("notPorts") else NONE),
        http=any(data.get(each) for each in _HTTP),
    )


def _tcp(ports: Iterable[Any]) -> Ports:
    return Ports.of(*(("TCP", int(each), int(each)) for each in ports))


def _words(data: Object, wanted: str, unwanted: str) -> Words:
    return Words(tuple(map(str, data.get(wanted) or ())), tuple(map(str, data.get(unwanted) or ())))


def _known(data: Object, keys: set[str], origin: str) -> None:
    strange = sorted(data.keys() - keys)
    if strange:
        raise _beyond(origin, f"'{strange[0]}' is not understood")


def _beyond(origin: str, why: str) -> Exception:
    hint = "nothing can be proven about it; write the flow with sources, ports, paths and methods alone"
    return refused("mesh-beyond", f"{origin}: {why}", hint=hint)
