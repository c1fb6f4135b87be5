"""A cluster's addresses, held against those that the platform names and the proof of its network rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network

from pipelinekit.counts import counted
from pipelinekit.model.ground.inspection import FAILS, OK, UNCHECKED, Check, Facts, Object
from pipelinekit.model.network.ends import Grounds
from pipelinekit.plan.network import addresses

_SHOWN = 4


def judged(facts: Facts, grounds: Grounds | None) -> Iterator[Check]:
    """One check a kind of address; of a cluster of which nobody says any, one with what it says itself."""
    if grounds is None:
        problem = "platform.yaml says nothing of this cluster's addresses (clusters[].network)"
        yield Check(
            "addresses", UNCHECKED, problem, f"`platform network --check` asks for them: {_told(facts)}"
        )
        return
    places = facts.addresses
    yield _api_servers(grounds.api_servers, places.api_servers)
    nodes = None if facts.nodes is None else dict(_of_nodes(facts.nodes))
    yield _within("nodes", grounds.nodes, nodes, {})
    pods = None if places.pods is None else dict.fromkeys(places.pods, "a pod has")
    shares = {} if facts.nodes is None else dict(_shares(facts.nodes))
    yield _within("pods", grounds.pods, pods, shares, beside=tuple(nodes or ()))
    services = None if places.services is None else dict.fromkeys(places.services, "a Service has")
    ranges = dict.fromkeys(places.ranges or (), "Services get theirs from")
    yield _within("services", grounds.services, services, ranges)
    if grounds.namespaces:
        yield _labels(grounds.namespaces, places.namespaces)


def _api_servers(named: Sequence[str], found: Sequence[str] | None) -> Check:
    name = "addresses: apiServers"
    if found is None:
        problem = "the account may not list EndpointSlices in the namespace default"
        return Check(name, UNCHECKED, problem, "ask an administrator's account")
    if not named:
        return _unnamed(name, "apiServers", found)
    said, there = {_plain(each): each for each in named}, {_plain(each): each for each in found}
    lacking = [each for key, each in there.items() if key not in said]
    wrong = [each for key, each in said.items() if key not in there]
    if not lacking and not wrong:
        return Check(name, OK, f"{_few(found)}, as platform.yaml says")
    problems = (
        [f"{_few(lacking)} {_is(lacking)} behind the Service kubernetes and not named"] if lacking else []
    )
    problems += [f"{_few(wrong)} {_is(wrong)} named and not there"] if wrong else []
    return Check(name, FAILS, "; ".join(problems), _hint("apiServers", found))


def _within(
    key: str,
    named: Sequence[str],
    found: Mapping[str, str] | None,
    networks: Mapping[str, str],
    beside: Sequence[str] = (),
) -> Check:
    """Whether all addresses and all networks that were found are in those that are named.

    Each is told with the words before it; `beside` are addresses that a network may have besides.
    """
    name = f"addresses: {key}"
    if found is None and not networks:
        return Check(name, UNCHECKED, f"the account may not list {key}", "ask an administrator's account")
    if not named:
        return _unnamed(name, key, [*networks, *(found or ())])
    there = addresses.networks(tuple(named))
    own = addresses.networks(tuple(beside))
    outside = [
        f"{words} {text}"
        for text, words in [*networks.items(), *(found or {}).items()]
        if addresses.minus(addresses.minus(addresses.block(text), there), own)
    ]
    if outside:
        problem = f"{_few(outside)}: not in {_few(named)}"
        return Check(name, FAILS, problem, f"name all of them in platform.yaml: clusters[].network.{key}")
    if not found and not networks:
        return Check(name, UNCHECKED, f"the cluster has none to compare with {_few(named)}")
    many = [*([f"{counted(len(found), 'address')}"] if found else []), *networks]
    return Check(name, OK, f"{_few(many)}: in {_few(named)}")


def _unnamed(name: str, key: str, found: Sequence[str]) -> Check:
    hint = _hint(key, found) if found else f"name them: clusters[].network.{key}"
    return Check(name, UNCHECKED, f"platform.yaml names no {key} of this cluster", hint)


def _labels(named: Mapping[str, Mapping[str, str]], found: Mapping[str, Mapping[str, str]] | None) -> Check:
    name = "addresses: namespaces"
    if found is None:
        return Check(name, UNCHECKED, "the account may not list namespaces", "ask an administrator's account")
    wrong = [
        f"{space} has not {key}={value}"
        for space, labels in named.items()
        for key, value in labels.items()
        if space in found and found[space].get(key) != value
    ]
    if wrong:
        hint = "label them so (`kubectl label namespace`), or say what is: clusters[].network.namespaces"
        return Check(name, FAILS, _few(wrong), hint)
    missing = [each for each in named if each not in found]
    if missing:
        return Check(name, UNCHECKED, f"not there yet: {_few(missing)}")
    return Check(name, OK, f"{_few(list(named))}: labelled as platform.yaml says")


# --- what a cluster says --------------------------------------------------------------------------


def _of_nodes(nodes: Iterable[Object]) -> Iterator[tuple[str, str]]:
    for each in nodes:
        for one in (each.get("status") or {}).get("addresses") or ():
            # Nobody checks what a node says of itself.
            if one.get("type") == "InternalIP" and _is_address(one.get("address")):
                yield one["address"], f"{each['metadata']['name']} has"


def _shares(nodes: Iterable[Object]) -> Iterator[tuple[str, str]]:
    """The networks that nodes give their pods addresses from, where Kubernetes hands these out."""
    for each in nodes:
        spec = each.get("spec") or {}
        for text in spec.get("podCIDRs") or ([spec["podCIDR"]] if spec.get("podCIDR") else ()):
            yield text, f"pods of {each['metadata']['name']} get theirs from"


def _told(facts: Facts) -> str:
    """What could be written, as far as the cluster says it."""
    places, nodes = facts.addresses, facts.nodes or ()
    said = {
        "apiServers": places.api_servers,
        "nodes": tuple(str(ip_network(each)) for each, _ in _of_nodes(nodes)),
        "pods": tuple(each for each, _ in _shares(nodes)),
        "services": places.ranges,
    }
    known = [f"{key}: {_list(each)}" for key, each in said.items() if each]
    return f"{{{', '.join(known)}}} is what the cluster says of itself" if known else "name them there"


def _hint(key: str, found: Sequence[str]) -> str:
    return f"the cluster's are {key}: {_list(found)}"


def _list(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return "[" + ", ".join(f'"{each}"' for each in texts[:_SHOWN]) + "]" + more


def _few(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more


def _is(texts: Sequence[str]) -> str:
    return "is" if len(texts) == 1 else "are"


def _plain(address: str) -> tuple[str, str]:
    host, _, port = address.rpartition(":")
    return str(ip_address(host.strip("[]"))), port


def _is_address(text: object) -> bool:
    try:
        return bool(isinstance(text, str) and ip_address(text))
    except ValueError:
        return False
