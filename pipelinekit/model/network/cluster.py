"""A cluster as rendered objects make it, for the question of who may talk to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.model.network.ends import Grounds, Outside, Pod
from pipelinekit.model.network.mesh import Mesh
from pipelinekit.model.network.policies import NetworkPolicy
from pipelinekit.model.network.ports import NONE, Ports
from pipelinekit.records import dataclass

NAME = "kubernetes.io/metadata.name"
"""The label that each namespace has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Everything that counts. `namespaces` has the labels of each that somebody says something of."""

    pods: tuple[Pod, ...]
    outside: tuple[Outside, ...] = ()
    namespaces: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    policies: tuple[NetworkPolicy, ...] = ()
    mesh: Mesh = field(default_factory=Mesh)
    grounds: Grounds = field(default_factory=Grounds)

    def labels_of(self, namespace: str) -> Mapping[str, str]:
        """A namespace's labels, its name among them."""
        return {**self.namespaces.get(namespace, {}), NAME: namespace}


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open: `sure` whatever happens; `possible` at some time, from some address, for some request."""

    sure: Ports = NONE
    possible: Ports = NONE

    def __and__(self, other: Opened) -> Opened:
        return Opened(self.sure & other.sure, self.possible & other.possible)
