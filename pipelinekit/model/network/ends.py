"""The two ends of a flow: pods of the cluster, and what is outside of their network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.records import dataclass

BEFORE, TEST = "before", "test"
"""When the pods of a hook run: before their release's own objects are there, or long after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerPort:
    """A port that a container of a pod declares."""

    name: str
    number: int
    protocol: str = "TCP"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pod:
    """The pods of one workload; they are all alike. `name` is shown and unique: `namespace/name`."""

    name: str
    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    """The application or component whose it is; empty: nobody's that this platform declares."""
    account: str = "default"
    ports: tuple[ContainerPort, ...] = ()
    host_network: bool = False
    """Whether it has the node's network: no policy for pods decides about it."""
    hook: str = ""
    """`before` or `test` for a hook's pods; empty for those that stay."""
    job: bool = False
    """Whether they end by themselves: nobody reads metrics of them."""
    sidecar: bool = False
    """Whether the mesh's proxy stands before it."""
    gateway: bool = False
    """Whether the proxy is all there is: what is asked of callers is its own configuration's to say."""
    past: tuple[int, ...] = ()
    """Ports that do not go through the proxy."""
    release: str = ""
    """The release that it belongs to."""
    origin: str = ""
    """The object that makes it."""

    def named(self, name: str) -> tuple[ContainerPort, ...]:
        """Its ports of that name."""
        return tuple(each for each in self.ports if each.name == name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outside:
    """Addresses that are no pods': an API server, the nodes, a network of a company, the internet."""

    name: str
    networks: tuple[str, ...]
    excepted: tuple[str, ...] = ()
    owner: str = ""


End = Pod | Outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a cluster says of its network. Empty: nobody has said it."""

    api_servers: tuple[str, ...] = ()
    """Their addresses behind the Service, each with its port: `10.0.0.5:6443`."""
    nodes: tuple[str, ...] = ()
    pods: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    namespaces: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Labels of namespaces that nothing here makes."""
