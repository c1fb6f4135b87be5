"""One question about a flow, answered layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from pipelinekit.errors import usage
from pipelinekit.model.network.ends import End, Outside, Pod
from pipelinekit.model.network.ports import HIGHEST, NONE, PROTOCOLS, Ports
from pipelinekit.names import meant
from pipelinekit.plan.network import addresses
from pipelinekit.plan.network.proof import ON_NODE, Prover
from pipelinekit.records import dataclass

OPEN, CLOSED, SOMETIMES, UNDECIDABLE = "open", "closed", "open at times", "not decidable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether one end reaches another at a port, whether that is declared, and which layer says so."""

    caller: str
    server: str
    port: str
    state: str
    declared: bool
    layers: tuple[str, ...]


def explain(prover: Prover, caller: str, server: str, port: str) -> tuple[Answer, ...]:
    """The answers for each pair of ends that two words mean: a component, `TEAM/NAME`, `NAMESPACE/WORKLOAD`,
    or an address. Raises `Refused` for a word that means nobody."""
    ports = port_of(port)
    pairs = product(_ends(prover, caller), _ends(prover, server))
    return tuple(_answer(prover, one, other, ports) for one, other in pairs if one is not other)


def port_of(text: str) -> Ports:
    """`8080` or `53/udp`; raises `Refused` for another text."""
    number, _, protocol = text.partition("/")
    protocol = (protocol or "TCP").upper()
    if not (number.isascii() and number.isdecimal() and len(number) < 6 and 1 <= int(number) <= HIGHEST) or (
        protocol not in PROTOCOLS
    ):
        raise usage("port-unknown", f"'{text}' is no port", hint="a number, or 53/udp")
    return Ports.one(int(number), protocol)


def _ends(prover: Prover, word: str) -> Sequence[End]:
    pods = prover.cluster.pods
    found: list[End] = [each for each in pods if word in (each.owner, each.name)]
    found = found or [each for each in pods if "/" in each.owner and each.owner.split("/")[1] == word]
    if found:
        return found
    try:
        addresses.block(word)
    except ValueError:
        names = {each for pod in pods for each in (pod.owner, pod.owner.partition("/")[2], pod.name)}
        known = sorted(names - {""})
        hint = meant(word, known) or "a component, TEAM/NAME, NAMESPACE/WORKLOAD, an address"
        raise usage("end-unknown", f"nobody here is '{word}'", hint=hint) from None
    return [Outside(name=word, networks=(word,))]


def _answer(prover: Prover, caller: End, server: End, ports: Ports) -> Answer:
    layers = prover.layers
    opened = layers.opened(caller, server)
    if _on_node(caller) or _on_node(server):
        state, lines = UNDECIDABLE, [f"{each.name} {ON_NODE}" for each in (caller, server) if _on_node(each)]
    elif not ports - opened.sure:
        state, lines = OPEN, layers.opening(caller, server, ports)
    else:
        state = SOMETIMES if ports & opened.possible else CLOSED
        lines = [*layers.closing(caller, server, ports), *_others(server, ports)]
    declared = ports & prover.declared(caller, server) if isinstance(caller, Pod) else NONE
    return Answer(
        caller=caller.name,
        server=server.name,
        port=str(ports),
        state=state,
        declared=bool(declared),
        layers=tuple(lines),
    )


def _others(server: End, ports: Ports) -> list[str]:
    """Which ports pods have that do not have the one that is asked for: people may mean their Service's."""
    named = server.ports if isinstance(server, Pod) else ()
    if not named or any(ports & Ports.one(each.number, each.protocol) for each in named):
        return []
    own = ", ".join(f"{each.number}{f' ({each.name})' if each.name else ''}" for each in named)
    return [f"pods of {server.name} declare {own}: what decides sees the ports of pods, not a Service's"]


def _on_node(end: End) -> bool:
    return isinstance(end, Pod) and end.host_network
