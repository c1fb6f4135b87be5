"""Changes to rendered objects, drawn by a seed: an edge opened, one closed, ports swapped, a name lost."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelinekit.plan.network.rendered.assembly import Rendered

Object = dict[str, Any]
Spec = dict[str, Any]


@dataclass(frozen=True)
class Mutation:
    """What was changed, and the objects with it."""

    what: str
    rendered: tuple[Rendered, ...]


def mutated(seed: int, rendered: Sequence[Rendered]) -> Mutation:
    """The objects with one change; the same seed makes the same one."""
    chance = random.Random(seed)  # noqa: S311 - a seed is the point
    found = [
        replace(each, objects=[(copy.deepcopy(dict(made)), source) for made, source in each.objects])
        for each in rendered
    ]
    while True:
        name = chance.choice(sorted(_CHANGES))
        kind = "Deployment" if name in _OF_PODS else "NetworkPolicy"
        release = chance.choice(found)
        objects = [made for made, _ in release.objects if made["kind"] == kind and not _hook(made)]
        if not objects:
            continue
        made: Any = chance.choice(objects)
        if _CHANGES[name](chance, made):
            return Mutation(f"{name}: {kind} {release.namespace}/{made['metadata']['name']}", tuple(found))


def _hook(made: Any) -> bool:
    return "helm.sh/hook" in (made["metadata"].get("annotations") or {})


def _rules(made: Object) -> list[Spec]:
    return [*(made["spec"].get("ingress") or ()), *(made["spec"].get("egress") or ())]


def _drop_rule(chance: random.Random, made: Object) -> bool:
    keys = [key for key in ("ingress", "egress") if made["spec"].get(key)]
    if keys:
        rules = made["spec"][chance.choice(keys)]
        rules.pop(chance.randrange(len(rules)))
    return bool(keys)


def _move_port(chance: random.Random, made: Object) -> bool:
    ports = [
        each for rule in _rules(made) for each in rule.get("ports") or () if isinstance(each.get("port"), int)
    ]
    if ports:
        chance.choice(ports)["port"] += 1
    return bool(ports)


def _swap_ports(chance: random.Random, made: Object) -> bool:
    rules = [each for each in _rules(made) if each.get("ports")]
    if len(rules) < 2:
        return False
    one, other = chance.sample(rules, 2)
    one["ports"], other["ports"] = other["ports"], one["ports"]
    return True


def _all_ports(chance: random.Random, made: Object) -> bool:
    rules = [each for each in _rules(made) if each.get("ports")]
    if rules:
        del chance.choice(rules)["ports"]
    return bool(rules)


def _everybody(chance: random.Random, made: Object) -> bool:
    key, side = chance.choice([("ingress", "from"), ("egress", "to")])
    rules = [each for each in made["spec"].get(key) or () if each.get(side)]
    if rules:
        del chance.choice(rules)[side]
    return bool(rules)


def _peers(made: Object, key: str) -> list[Spec]:
    return [
        peer
        for rule in _rules(made)
        for peer in (*(rule.get("from") or ()), *(rule.get("to") or ()))
        if key in peer
    ]


def _whole_namespace(chance: random.Random, made: Object) -> bool:
    peers = _peers(made, "podSelector")
    if peers:
        chance.choice(peers)["podSelector"] = {}
    return bool(peers)


def _any_namespace(chance: random.Random, made: Object) -> bool:
    peers = _peers(made, "namespaceSelector")
    if peers:
        chance.choice(peers)["namespaceSelector"] = {}
    return bool(peers)


def _other_namespace(chance: random.Random, made: Object) -> bool:
    peers = _peers(made, "namespaceSelector")
    if peers:
        chance.choice(peers)["namespaceSelector"] = {
            "matchLabels": {"kubernetes.io/metadata.name": "nowhere"}
        }
    return bool(peers)


def _wide_block(chance: random.Random, made: Object) -> bool:
    peers = [each for each in _peers(made, "ipBlock") if each["ipBlock"].get("except")]
    if peers:
        del chance.choice(peers)["ipBlock"]["except"]
    return bool(peers)


def _one_way(chance: random.Random, made: Object) -> bool:
    ways = made["spec"].get("policyTypes") or ()
    if len(ways) < 2:
        return False
    made["spec"]["policyTypes"] = [chance.choice(ways)]
    return True


def _nobody(chance: random.Random, made: Object) -> bool:
    del chance
    made["spec"]["podSelector"] = {"matchLabels": {"app": "nobody"}}
    return True


def _protocol(chance: random.Random, made: Object) -> bool:
    ports = [each for rule in _rules(made) for each in rule.get("ports") or ()]
    if ports:
        port = chance.choice(ports)
        port["protocol"] = "UDP" if port.get("protocol", "TCP") == "TCP" else "TCP"
    return bool(ports)


def _rename_port(chance: random.Random, made: Object) -> bool:
    containers = made["spec"]["template"]["spec"]["containers"]
    ports = [each for one in containers for each in one.get("ports") or () if each.get("name") == "http"]
    if ports:
        chance.choice(ports)["name"] = "web"
    return bool(ports)


def _relabel(chance: random.Random, made: Object) -> bool:
    labels = made["spec"]["template"]["metadata"]["labels"]
    del labels[chance.choice(sorted(labels))]
    return True


_CHANGES: dict[str, Callable[[random.Random, Object], bool]] = {
    "a rule less": _drop_rule,
    "another port": _move_port,
    "ports swapped": _swap_ports,
    "all ports": _all_ports,
    "everybody": _everybody,
    "the whole namespace": _whole_namespace,
    "any namespace": _any_namespace,
    "another namespace": _other_namespace,
    "a block without except": _wide_block,
    "one way alone": _one_way,
    "selects nobody": _nobody,
    "another protocol": _protocol,
    "a port renamed": _rename_port,
    "a label less": _relabel,
}
_OF_PODS = ("a port renamed", "a label less")
