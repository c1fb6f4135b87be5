"""The flows that component.yaml and app.yaml declare, between the pods that are rendered for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipelinekit.model.network.cluster import Cluster
from pipelinekit.model.network.ends import BEFORE, End, Outside, Pod
from pipelinekit.model.network.flows import Flow
from pipelinekit.model.network.mesh import ROOT
from pipelinekit.model.network.ports import ALL, Ports
from pipelinekit.model.platform.network import PRIVATE
from pipelinekit.plan.network.rendered.assembly import ROLE
from pipelinekit.records import dataclass

APPLICATIONS = "applications"
"""Whoever of the registered applications, as a caller."""
INTERNET = "internet"
_EVERYTHING = ("0.0.0.0/0", "::/0")
_NODE_CACHE = "169.254.20.10/32"
"""Where some clusters have a cache of names on each node."""
NAMES = Ports.one(53, "UDP") | Ports.one(53)
CONTROL = Ports.one(15012)
"""Where a sidecar gets its certificates and its configuration."""
SIDECAR_METRICS = Ports.one(15020)


@dataclass(frozen=True, slots=True)
class Ground:
    """The pods of a cluster by owner, by namespace and by what somebody in a namespace is to others."""

    cluster: Cluster
    owned: Mapping[str, Sequence[Pod]]
    homes: Mapping[str, Sequence[Pod]]
    inside: tuple[str, ...] = ()
    """Public addresses that are the cluster's own."""

    @classmethod
    def of(cls, cluster: Cluster, inside: tuple[str, ...] = ()) -> Ground:
        """That of a cluster."""
        owned: dict[str, list[Pod]] = {}
        homes: dict[str, list[Pod]] = {}
        for each in cluster.pods:
            owned.setdefault(each.owner, []).append(each)
            homes.setdefault(each.namespace, []).append(each)
        return cls(cluster, owned, homes, inside)

    def labelled(self, key: str, value: str) -> Iterator[Pod]:
        """The pods in namespaces with a label, strangers aside."""
        for name, labels in self.cluster.namespaces.items():
            if labels.get(key) == value:
                yield from (
                    each for each in self.homes.get(name, ()) if not each.name.endswith("/(stranger)")
                )

    def playing(self, role: str) -> tuple[str, ...]:
        """The owners of the pods that have a role."""
        return tuple(dict.fromkeys(each.owner for each in self.labelled(ROLE, role)))


def staying(pods: Iterable[Pod]) -> Iterator[Pod]:
    """Those that are no hook's."""
    return (each for each in pods if not each.hook)


def names(owner: str, ground: Ground, *, needed: bool) -> Iterator[Flow]:
    """The way to the cluster's names, which whoever calls somebody by name has to have."""
    for each in ground.homes.get("kube-system", ()):
        if each.labels.get("k8s-app") == "kube-dns":
            yield Flow(caller=owner, server=each, ports=NAMES, why="names (DNS)", needed=needed)
    cache = Outside(name="the node's cache of names", networks=(_NODE_CACHE,))
    yield Flow(caller=owner, server=cache, ports=NAMES, why="names (DNS)", needed=False)


def control(owner: str, ground: Ground) -> Iterator[Flow]:
    """The way of sidecars to the mesh's control plane."""
    if any(each.sidecar for each in ground.owned.get(owner, ())):
        for each in ground.homes.get(ROOT, ()):
            yield Flow(caller=owner, server=each, ports=CONTROL, why="the mesh's control plane", needed=False)


def out(owner: str, to: str, port: int, ground: Ground) -> Flow:
    """A way out of the cluster; `to` is a network, or `internet`."""
    ports, why = Ports.one(port), f"reaches of {owner}"
    if to == INTERNET:
        private = (*PRIVATE, *ground.inside)
        end = Outside(name=INTERNET, networks=_EVERYTHING, excepted=private)
        return Flow(caller=owner, server=end, ports=ports, why=why)
    return Flow(caller=owner, server=Outside(name=to, networks=(to,)), ports=ports, why=why)


def among(owner: str, ground: Ground) -> Iterator[Flow]:
    """All ports among an application's own; a task has no way in while it runs ahead of its release."""
    for each in ground.owned.get(owner, ()):
        why, needed = f"{owner}'s own", each.hook != BEFORE
        yield Flow(caller=owner, server=each, ports=ALL, why=why, needed=needed)


def from_role(role: str, servers: Iterable[End], ports: Ports, why: str, ground: Ground) -> Iterator[Flow]:
    """Flows from whoever has a role in the cluster."""
    callers = ground.playing(role)
    for server in servers:
        for owner in callers:
            yield Flow(caller=owner, server=server, ports=ports, why=why, role=role)
