"""Istio's policies as values: who may call by identity, and whether a port takes what has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.model.network.policies import Selector
from pipelinekit.model.network.ports import ALL, Ports
from pipelinekit.records import dataclass

STRICT, PERMISSIVE, DISABLE, UNSET = "STRICT", "PERMISSIVE", "DISABLE", "UNSET"
ROOT = "istio-system"
"""The namespace whose policies hold for the whole mesh."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a value must be one of, and none of; an empty `wanted` asks nothing. * as Istio takes it."""

    wanted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    def fits(self, value: str) -> bool:
        """Whether a value is meant; an empty one (no identity) is what nobody can want."""
        if self.wanted and not any(_like(value, each) for each in self.wanted):
            return False
        return not any(_like(value, each) for each in self.refused)


def _like(value: str, word: str) -> bool:
    if word == "*":
        return bool(value)
    if word.startswith("*"):
        return value.endswith(word[1:])
    return value.startswith(word[:-1]) if word.endswith("*") else value == word


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who calls. `further` says that something else is asked of a request as well."""

    principals: Words = field(default_factory=Words)
    namespaces: Words = field(default_factory=Words)
    further: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is called; `http` says that only some requests on these ports are meant."""

    ports: Ports = ALL
    http: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshRule:
    """One alternative. None: whoever, or whatever. `further` as in a source."""

    sources: tuple[Source, ...] | None = None
    operations: tuple[Operation, ...] | None = None
    further: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationPolicy:
    """One object. `pods` None: all of its namespace, or of the mesh for one in the root namespace."""

    namespace: str
    action: str
    pods: Selector | None
    rules: tuple[MeshRule, ...]
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAuthentication:
    """One object; `ports` are the container's."""

    namespace: str
    mode: str
    pods: Selector | None
    ports: Mapping[int, str] = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """Everything that its proxies are told."""

    authorizations: tuple[AuthorizationPolicy, ...] = ()
    authentications: tuple[PeerAuthentication, ...] = ()
    trust_domain: str = "cluster.local"
