"""Whether a cluster is one to roll components out on: what is asked of it, what it answered, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final, Literal

from pipelinekit.model.ground.preflight import UNCHECKED
from pipelinekit.model.rollout.component import Component
from pipelinekit.records import dataclass

Object = Mapping[str, Any]

OK: Final = "ok"
FAILS: Final = "fails"

__all__ = [
    "FAILS",
    "OK",
    "UNCHECKED",
    "Access",
    "Addresses",
    "Check",
    "Facts",
    "Pull",
    "Tried",
    "Wants",
]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was found, and what to do about it."""

    name: str
    state: Literal["ok", "fails", "not checked"]
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """Something that an account may or may not do; an empty namespace is the whole cluster."""

    verb: str
    group: str
    resource: str
    """With its subresource, like `services/proxy`."""
    namespace: str = ""

    def __str__(self) -> str:
        kind = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{self.verb} {kind}" + (f" in {self.namespace}" if self.namespace else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """What is to be looked at."""

    access: tuple[Access, ...]
    """What the account has to be allowed in every namespace, or of what has none."""
    namespaces: tuple[str, ...] = ()
    """Where it is enough to be allowed that."""
    image: str
    """What the pods run that look at network and nodes: one with a shell, as busybox has it."""
    sysctls: tuple[str, ...] = ()
    pulls: tuple[str, ...] = ()
    """Images that nodes have to be able to pull."""
    login: str = field(default="", repr=False)
    """The text of a pull secret, or empty."""
    timeout: int = 120
    """Seconds for all that pods are needed for."""
    prerequisites: tuple[Component, ...] = ()
    """What has to be there already, and is not installed."""
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The storage classes of the claims that a component is rendered with; empty text: the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where everything of a cluster is, as it says itself. None: it could not be asked."""

    api_servers: tuple[str, ...] | None = None
    """Those behind the Service `kubernetes`, each with its port: `10.0.0.5:6443`."""
    pods: tuple[str, ...] | None = None
    """Of the pods that run and have no node's network."""
    services: tuple[str, ...] | None = None
    ranges: tuple[str, ...] | None = None
    """The networks that Services get their addresses from, where the cluster has objects for these."""
    namespaces: Mapping[str, Mapping[str, str]] | None = None
    """The labels of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a cluster answered. None, wherever it stands, is: it could not be asked."""

    version: str
    client: str
    """kubectl's version."""
    rbac: bool | None = None
    """Whether the API group of RBAC is there."""
    strangers: Mapping[str, bool | None] = field(default_factory=dict)
    """Who should be allowed nothing, and whether they may read Secrets or make pods."""
    allowed: Mapping[Access, bool | None] = field(default_factory=dict)
    classes: tuple[Object, ...] | None = None
    drivers: frozenset[str] | None = None
    nodes: tuple[Object, ...] | None = None
    daemons: tuple[str, ...] | None = None
    """The names of the DaemonSets: by them a network is known."""
    addresses: Addresses = field(default_factory=Addresses)
    prerequisites: Mapping[str, Object | None] = field(default_factory=dict)
    """By component, the object that says which version runs; empty: there is none."""


@dataclass(frozen=True, slots=True)
class Pull:
    """What became of a node's attempt to pull an image; `there` None: nothing, in the time that there was."""

    there: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What pods in a namespace of their own found out."""

    problem: str = ""
    """Why there were none; all else is empty then."""
    open: bool | None = None
    """Whether one pod reached the other as long as nothing forbade it."""
    closed: bool | None = None
    """Whether it no longer did under a policy that denies all."""
    again: bool | None = None
    """Whether it did again once that was away."""
    unready: str = ""
    """Why the pods for that did not run."""
    nodes: Mapping[str, str] = field(default_factory=dict)
    """By node, the lines `key value` that a pod on it printed; empty text: none came."""
    skews: Mapping[str, int] = field(default_factory=dict)
    """By node, the seconds that its clock is ahead of the cluster's at least; less than 0: behind."""
    pulls: Mapping[str, Pull] = field(default_factory=dict)
    skew: int | None = None
    """The seconds that the cluster's clock is ahead of ours at least; less than 0: behind."""
