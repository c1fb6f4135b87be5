"""Kubernetes' own semantics of network policies: what one pod's policies let through of another end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import cached_property

from pipelinekit.model.network.cluster import Cluster, Opened
from pipelinekit.model.network.ends import BEFORE, TEST, End, Outside, Pod
from pipelinekit.model.network.policies import NetworkPolicy, Peer, Rule, RulePorts
from pipelinekit.model.network.ports import ALL, Ports
from pipelinekit.plan.network import addresses
from pipelinekit.records import dataclass

EVERYTHING = Opened(ALL, ALL)
NOTHING = Opened()


class Match(IntEnum):
    """Whether an end is meant; `SOME`: with some of its addresses."""

    NO = 0
    SOME = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Named:
    """A name of a port that a rule opens and the called pod does not have so."""

    policy: str
    name: str
    protocol: str
    others: tuple[str, ...]
    """The protocols that the pod has that name with."""


class Semantics:
    """The policies of a cluster, asked pair by pair."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._chosen: dict[tuple[int, str], tuple[tuple[NetworkPolicy, ...], ...]] = {}
        self._by_namespace: dict[str, list[NetworkPolicy]] = {}
        for each in cluster.policies:
            self._by_namespace.setdefault(each.namespace, []).append(each)
        self._labels = {each.namespace: cluster.labels_of(each.namespace) for each in cluster.pods}

    @cached_property
    def _pods(self) -> addresses.Addresses:
        return addresses.networks(self.cluster.grounds.pods)

    @cached_property
    def _nodes(self) -> addresses.Addresses:
        return addresses.networks(self.cluster.grounds.nodes)

    def chosen(self, pod: Pod, way: str) -> tuple[tuple[NetworkPolicy, ...], ...]:
        """The policies that select a pod for a way, at each moment of its life.

        A hook's pods have two: its release's own policies are not there yet, or are. A policy that goes with
        its hook isolates nobody who stays.
        """
        key = (id(pod), way)
        if key not in self._chosen:
            mine = [
                each
                for each in self._by_namespace.get(pod.namespace, ())
                if way in each.ways and each.pods.selects(pod.labels)
            ]
            self._chosen[key] = tuple(dict.fromkeys(_moments(pod, mine)))
        return self._chosen[key]

    def isolated(self, pod: Pod, way: str) -> bool:
        """Whether something is closed to the pod that way, at every moment of its life."""
        return all(self.chosen(pod, way))

    def side(self, at: Pod, way: str, other: End, server: End) -> Opened:
        """The ports of `server` that all policies that select `at` open towards `other` together."""
        moments = [
            self._opened(policies, way, other, server) if policies else EVERYTHING
            for policies in self.chosen(at, way)
        ]
        sure = moments[0].sure
        for each in moments[1:]:
            sure = sure & each.sure
        return Opened(sure, Ports.union(each.possible for each in moments))

    def _opened(self, policies: Sequence[NetworkPolicy], way: str, other: End, server: End) -> Opened:
        sure, possible = [], []
        for policy in policies:
            for rule in policy.rules(way):
                match = self.match(rule, policy.namespace, other)
                if match is Match.NO:
                    continue
                ports = ports_of(rule.ports, server)
                possible.append(ports)
                if match is Match.YES:
                    sure.append(ports)
        if not possible:
            return NOTHING
        return Opened(Ports.union(sure), Ports.union(possible))

    def match(self, rule: Rule, home: str, other: End) -> Match:
        """Whether a rule of a policy in the namespace `home` means that end."""
        if rule.peers is None:
            return Match.YES
        blocks = []
        for each in rule.peers:
            if each.cidr:
                blocks.append(addresses.block(each.cidr, each.excepted))
            elif self._labelled(each, home, other):
                return Match.YES
        return _covered(self._addresses(other), blocks) if blocks else Match.NO

    def _labelled(self, peer: Peer, home: str, other: End) -> bool:
        if isinstance(other, Outside):
            return False
        if peer.namespaces is None:
            there = other.namespace == home
        else:
            labels = self._labels.get(other.namespace) or self.cluster.labels_of(other.namespace)
            there = peer.namespaces.selects(labels)
        return there and (peer.pods is None or peer.pods.selects(other.labels))

    def _addresses(self, end: End) -> addresses.Addresses:
        if isinstance(end, Outside):
            return addresses.networks(end.networks, end.excepted)
        return self._nodes if end.host_network else self._pods

    def misnamed(self, policies: Iterable[NetworkPolicy], way: str, other: End, server: Pod) -> list[Named]:
        """Names of ports that rules for that end open, and the called pod has not with that protocol."""
        found = []
        for policy in policies:
            for rule in policy.rules(way):
                if rule.ports is None or self.match(rule, policy.namespace, other) is Match.NO:
                    continue
                for name, protocol in rule.ports.named:
                    has = tuple(each.protocol for each in server.named(name))
                    if protocol not in has:
                        found.append(Named(policy.origin, name, protocol, has))
        return found


def _moments(pod: Pod, mine: Sequence[NetworkPolicy]) -> Iterable[tuple[NetworkPolicy, ...]]:
    if pod.hook == BEFORE:
        yield tuple(
            each for each in mine if each.hook == BEFORE or (not each.hook and each.release != pod.release)
        )
        yield tuple(each for each in mine if each.hook != TEST)
    else:
        yield tuple(each for each in mine if each.lasts or each.hook == pod.hook)


def _covered(asked: addresses.Addresses, blocks: Sequence[addresses.Addresses]) -> Match:
    left = asked
    for each in blocks:
        left = addresses.minus(left, each)
    if left == asked:
        return Match.NO
    return Match.SOME if left else Match.YES


def ports_of(ports: RulePorts | None, server: End) -> Ports:
    """The ports of `server` that a rule means; a name that it does not have means none."""
    if ports is None:
        return ALL
    if not ports.named or isinstance(server, Outside):
        return ports.numbered
    named = (
        Ports.one(each.number, each.protocol)
        for name, protocol in ports.named
        for each in server.ports
        if each.name == name and each.protocol == protocol
    )
    return Ports.union((ports.numbered, *named))
