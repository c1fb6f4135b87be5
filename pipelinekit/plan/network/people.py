"""Who is meant by a peer of a policy, found by labels instead of by asking each pod."""

from __future__ import annotations

from collections.abc import Mapping

from pipelinekit.model.network.cluster import Cluster
from pipelinekit.model.network.ends import Pod
from pipelinekit.model.network.policies import NetworkPolicy, Peer, Selector
from pipelinekit.plan.network import addresses


class People:
    """The pods of a cluster by their place in it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._pods = addresses.networks(cluster.grounds.pods)
        self._at: dict[str, list[int]] = {}
        self._with: dict[tuple[str, str], list[int]] = {}
        for number, each in enumerate(cluster.pods):
            self._at.setdefault(each.namespace, []).append(number)
            for label in each.labels.items():
                self._with.setdefault(label, []).append(number)
        self._labels: Mapping[str, Mapping[str, str]] = {each: cluster.labels_of(each) for each in self._at}
        self._known: dict[tuple[Peer, str], frozenset[int] | None] = {}

    def let_in(self, policies: tuple[NetworkPolicy, ...], way: str) -> tuple[set[int], bool]:
        """The pods that some rule of the policies names, by number; whether one means whoever there is."""
        found: set[int] = set()
        everybody = False
        for policy in policies:
            for rule in policy.rules(way):
                everybody = everybody or rule.peers is None
                for peer in rule.peers or ():
                    meant = self.meant(peer, policy.namespace)
                    everybody = everybody or meant is None
                    found |= meant or frozenset()
        return found, everybody

    def meant(self, peer: Peer, home: str) -> frozenset[int] | None:
        """The pods that a peer means in a policy of that namespace; None: all of them, by their addresses."""
        key = (peer, home if peer.namespaces is None else "")
        if key not in self._known:
            self._known[key] = self._find(peer, home)
        return self._known[key]

    def _find(self, peer: Peer, home: str) -> frozenset[int] | None:
        if peer.cidr:
            left = addresses.minus(self._pods, addresses.block(peer.cidr, peer.excepted))
            return frozenset() if left == self._pods else None
        there = self._namespaces(peer.namespaces, home)
        pods = peer.pods or Selector()
        few = min((self._with.get(each, []) for each in pods.equal), key=len, default=None)
        if few is None or sum(len(self._at[each]) for each in there) < len(few):
            few = [number for each in there for number in self._at[each]]
        return frozenset(number for number in few if self._fits(number, there, pods))

    def _fits(self, number: int, there: set[str], selector: Selector) -> bool:
        pod: Pod = self._cluster.pods[number]
        return pod.namespace in there and selector.selects(pod.labels)

    def _namespaces(self, selector: Selector | None, home: str) -> set[str]:
        if selector is None:
            return {home} & self._at.keys()
        return {each for each, labels in self._labels.items() if selector.selects(labels)}
