"""A proof held against the slow reading of the same objects: everything found, nothing invented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelinekit.model.network.ends import End, Outside, Pod
from pipelinekit.model.network.flows import CLOSED, OPEN, Finding
from pipelinekit.model.network.ports import NONE, Ports
from pipelinekit.model.rollout.component import ANYBODY
from pipelinekit.plan.network.proof import Prover
from pipelinekit.plan.network.rendered.assembly import STRANGER, Rendered
from tests.network.naive import Address, Network

ADDRESSES = (
    Address("API server 192.0.2.1:6443", "192.0.2.1"),
    Address("internet", "198.51.100.7"),
    Address("private", "10.9.9.9"),
    Address("cache of names", "169.254.20.10"),
    Address("private of version 6", "fd00::7"),
)
"""Ends outside, one for each of those that charts name."""
ALWAYS = (("TCP", 1), ("TCP", 53), ("UDP", 53), ("TCP", 443), ("TCP", 6443), ("TCP", 8201))

Edge = tuple[str, str, str, str, int]
"""A code, the two ends' names, a protocol and a port."""


@dataclass(frozen=True)
class Verdict:
    """The edges that differ from what is declared; those of them not found; findings that are none."""

    edges: frozenset[Edge]
    missed: tuple[Edge, ...]
    invented: tuple[str, ...]


def judge(prover: Prover, rendered: Sequence[Rendered], findings: Sequence[Finding]) -> Verdict:
    """Hold the findings of a prover against the objects that its cluster was made of."""
    edges = frozenset(_edges(prover, rendered))
    hooks = {each.name for each in prover.cluster.pods if each.hook}
    looked = [each for each in findings if not {each.caller, each.server} & hooks]
    missed = tuple(sorted(edge for edge in edges if not any(_covers(each, edge) for each in looked)))
    invented = tuple(
        f"{each} {each.code} {each.layers}"
        for each in looked
        if not any(_covers(each, edge) for edge in edges)
    )
    return Verdict(edges, missed, invented)


def _covers(found: Finding, edge: Edge) -> bool:
    code, caller, server, protocol, port = edge
    if found.code != code or not found.ports & Ports.one(port, protocol):
        return False
    return _is(found.caller, caller) and _is(found.server, server)


def _is(told: str, name: str) -> bool:
    if told in (name, ANYBODY):
        return True
    # Addresses are told as the interval that is left; one of them stands for it.
    return name in {each.name for each in ADDRESSES} and "/" not in told


def _edges(prover: Prover, rendered: Sequence[Rendered]) -> Iterator[Edge]:
    cluster = prover.cluster
    network = Network(
        [
            (str(made["metadata"].get("namespace") or each.namespace), made)
            for each in rendered
            for made, _ in each.objects
            if made["kind"] == "NetworkPolicy"
        ],
        cluster.namespaces,
    )
    needed: dict[tuple[str, str], Ports] = {}
    for flow in prover.flows:
        if flow.needed:
            key = (flow.caller, flow.server.name)
            needed[key] = needed.get(key, NONE) | flow.ports
    ends: list[Pod | Address] = [each for each in cluster.pods if not each.hook and not each.host_network]
    ends += ADDRESSES
    for caller in ends:
        for server in ends:
            if (_ours(caller) or _ours(server)) and not _somebody(server):
                yield from _between(prover, network, needed, caller, server)


def _ours(end: Pod | Address) -> bool:
    return isinstance(end, Pod) and not end.owner.startswith("(")


def _somebody(end: Pod | Address) -> bool:
    """A stranger in a namespace, as a server: that namespace's own default deny is what closes it."""
    return isinstance(end, Pod) and end.owner == STRANGER and end.namespace != "(elsewhere)"


def _between(
    prover: Prover,
    network: Network,
    needed: dict[tuple[str, str], Ports],
    caller: Pod | Address,
    server: Pod | Address,
) -> Iterator[Edge]:
    declared, must = _declared(prover, needed, caller, server)
    ports = {*ALWAYS, *((one, low) for one, low, _ in (*declared.spans, *must.spans))}
    if isinstance(server, Pod):
        ports |= {(each.protocol, each.number) for each in server.ports}
        ports |= {(each.protocol, each.number + 1) for each in server.ports}
    ports |= set(_named(network, caller, "Egress", server)) | set(_named(network, server, "Ingress", caller))
    for protocol, port in ports:
        one = Ports.one(port, protocol)
        opened = network.reaches(caller, server, port, protocol)
        if opened and one - declared:
            yield OPEN, caller.name, server.name, protocol, port
        elif not opened and one & must:
            yield CLOSED, caller.name, server.name, protocol, port


def _named(network: Network, at: Pod | Address, way: str, other: Pod | Address) -> Iterator[tuple[str, int]]:
    """The numbers in the rules for a pair."""
    for ports in (network.met(at, way, other) or ()) if isinstance(at, Pod) else ():
        for each in ports or ():
            if isinstance(each.get("port"), int):
                yield each.get("protocol", "TCP"), each["port"]


def _declared(
    prover: Prover, needed: dict[tuple[str, str], Ports], caller: Pod | Address, server: Pod | Address
) -> tuple[Ports, Ports]:
    if isinstance(caller, Address):
        owner = "(API server)" if caller.name.startswith("API") else "(nobody)"
        own = [each for each in prover.flows if (each.caller, each.server.name) == (owner, server.name)]
        return Ports.union(each.ports for each in own), needed.get((owner, server.name), NONE)
    there: End = server if isinstance(server, Pod) else Outside(name=server.name, networks=(server.ip,))
    return prover.declared(caller, there), needed.get((caller.owner, server.name), NONE)
