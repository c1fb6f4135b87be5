"""A rendered NetworkPolicy to its value, with the defaults that the API server fills in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.errors import failed, refused
from pipelinekit.model.network.ends import BEFORE, TEST
from pipelinekit.model.network.policies import EGRESS, INGRESS, NetworkPolicy, Peer, Rule, RulePorts, Selector
from pipelinekit.model.network.ports import HIGHEST, PROTOCOLS, Ports
from pipelinekit.plan.network import addresses

Object = Mapping[str, Any]

_HOOK, _DELETE = "helm.sh/hook", "helm.sh/hook-delete-policy"
_OWN = "networking.k8s.io"
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def hook_of(metadata: Object) -> str:
    """`before` or `test` for what Helm takes for a hook, else empty."""
    words = _words(metadata, _HOOK)
    if words & {"test", "test-success"}:
        return TEST
    return BEFORE if words else ""


def _words(metadata: Object, key: str) -> set[str]:
    said = str((metadata.get("annotations") or {}).get(key, ""))
    return {each.strip() for each in said.lower().split(",")} - {""}


def is_policy(found: Object, source: str = "") -> bool:
    """Whether an object is Kubernetes' own NetworkPolicy; `source` is its file.

    Raises `Refused` for what else decides about connections: it may open what a NetworkPolicy closes, and
    close what one opens. What is only staged decides nothing.
    """
    kind, group = str(found.get("kind")), str(found.get("apiVersion") or _OWN).partition("/")[0]
    if not (kind.endswith("NetworkPolicy") or kind == "EgressFirewall") or kind.startswith("Staged"):
        return False
    if (kind, group) == ("NetworkPolicy", _OWN):
        return True
    where = f"{kind} {(found.get('metadata') or {}).get('name')} of {group}" + (
        f" ({source})" if source else ""
    )
    raise refused(
        "policy-beyond",
        f"{where} decides about connections beside Kubernetes' own policies",
        hint=f"nothing can be proven where it counts; write it as a NetworkPolicy of {_OWN},"
        " or leave it out of what is rendered and guard it elsewhere",
    )


def read_policy(found: Object, namespace: str, release: str = "", source: str = "") -> NetworkPolicy:
    """The policy that a rendered object is; `namespace` is its release's, `source` its file.

    `policyTypes` is as the API server fills it in: Ingress always, Egress where there is an egress rule.
    Raises `ToolFailed` for what the API server would refuse.
    """
    metadata, spec = found.get("metadata") or {}, found.get("spec") or {}
    where = f"NetworkPolicy {metadata.get('namespace') or namespace}/{metadata.get('name')}"
    if source:
        where += f" ({source})"
    ways = spec.get("policyTypes") or [INGRESS, *([EGRESS] if spec.get("egress") else [])]
    if set(ways) - {INGRESS, EGRESS}:
        raise _invalid(where, f"policyTypes {sorted(set(ways))}")
    hook = hook_of(metadata)
    return NetworkPolicy(
        name=str(metadata.get("name", "")),
        namespace=str(metadata.get("namespace") or namespace),
        pods=selector_of(spec.get("podSelector") or {}, where),
        ways=frozenset(ways),
        ingress=tuple(_rule(each or {}, "from", where) for each in spec.get("ingress") or ()),
        egress=tuple(_rule(each or {}, "to", where) for each in spec.get("egress") or ()),
        hook=hook,
        lasts=hook == "" or (hook == BEFORE and "hook-succeeded" not in _words(metadata, _DELETE)),
        release=f"{namespace}/{release}",
        origin=where,
    )


def selector_of(data: Object, where: str = "") -> Selector:
    """A label selector; an empty one selects everything."""
    terms = []
    for each in data.get("matchExpressions") or ():
        if each.get("operator") not in _OPERATORS:
            raise _invalid(where, f"the operator {each.get('operator')!r} of a selector")
        terms.append((str(each["key"]), str(each["operator"]), tuple(map(str, each.get("values") or ()))))
    equal = ((str(key), str(value)) for key, value in (data.get("matchLabels") or {}).items())
    return Selector(tuple(sorted(equal)), tuple(terms))


def _rule(data: Object, side: str, where: str) -> Rule:
    peers, ports = data.get(side), data.get("ports")
    return Rule(
        peers=tuple(_peer(each or {}, where) for each in peers) if peers else None,
        ports=_ports(ports, where) if ports else None,
    )


def _peer(data: Object, where: str) -> Peer:
    if "ipBlock" in data:
        about = data["ipBlock"] or {}
        peer = Peer(cidr=str(about.get("cidr", "")), excepted=tuple(map(str, about.get("except") or ())))
        try:
            addresses.block(peer.cidr, peer.excepted)
        except ValueError as error:
            raise _invalid(where, f"an ipBlock: {error}") from error
        return peer
    if data.get("namespaceSelector") is None and data.get("podSelector") is None:
        raise _invalid(where, "a peer that names nobody")
    namespaces, pods = data.get("namespaceSelector"), data.get("podSelector")
    return Peer(
        namespaces=None if namespaces is None else selector_of(namespaces, where),
        pods=None if pods is None else selector_of(pods, where),
    )


def _ports(data: Any, where: str) -> RulePorts:
    numbered, named = [], []
    for each in data:
        protocol = each.get("protocol") or "TCP"
        port, end = each.get("port"), each.get("endPort")
        if protocol not in PROTOCOLS:
            raise _invalid(where, f"the protocol {protocol!r}")
        if port is None:
            numbered.append((protocol, 1, HIGHEST))
        elif isinstance(port, str):
            named.append((port, protocol))
        else:
            numbered.append((protocol, int(port), int(end or port)))
    return RulePorts(Ports.of(*numbered), tuple(named))


def _invalid(where: str, what: str) -> Exception:
    hint = "mend the chart that renders it"
    return failed("policy-invalid", f"{where}: no API server takes {what}", hint=hint)
