"""Whether a target will take a deployment: what has to be known, what was seen, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final, Literal

from pipelinekit.records import dataclass

Object = Mapping[str, Any]

REFUSED: Final = "refused"
AWAITED: Final = "awaited"
UNCHECKED: Final = "not checked"
UNWAITED: Final = "not waited for"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a target: it stands in the way, is waited for or not, or could not be looked at."""

    verdict: Literal["refused", "awaited", "not checked", "not waited for"]
    code: str
    """A stable slug for machines."""
    problem: str
    hint: str = ""
    when: tuple[str, ...] = ()
    """The only moments of Helm's that it is about, like `pre-upgrade`; empty for each deployment."""

    def __str__(self) -> str:
        return f"{self.verdict}: {self.problem}"


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A key of a Secret that a pod needs; an empty key stands for the Secret as a whole."""

    secret: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Pull:
    """An image that a node pulls, and the pull secrets that it may use."""

    image: str
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a manifest asks of a cluster."""

    objects: tuple[Object, ...]
    """What is applied; hooks are made and deleted, and are not among them."""
    hooks: tuple[Object, ...]
    pods: tuple[Object, ...]
    """One pod of each template, under a name of its own."""
    keys: tuple[SecretKey, ...]
    pulls: tuple[Pull, ...]
    made: Mapping[str, frozenset[str] | None]
    """The Secrets that come with the manifest, and their keys; None where something else fills them."""
    classes: tuple[str, ...]
    """The storage classes that volumes want; empty text stands for the default one."""
    ingresses: tuple[str, ...] = ()
    """The classes that Ingresses name, likewise."""
    elsewhere: tuple[str, ...] = ()
    """The Secrets that pods of other namespaces need, each with its namespace."""
    places: tuple[str, ...] = ("",)
    """The namespaces in which there will be pods, that of the release first, whatever it has."""
    home: str = ""
    """The namespace of the release: what names another one is named with it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an account may do to which resources, as Kubernetes tells it; `*` is everything."""

    verbs: frozenset[str]
    groups: frozenset[str]
    resources: frozenset[str]
    names: frozenset[str] = frozenset()
    """The only objects that it is about; empty for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a cluster and a registry answered. None, wherever it stands, is: it could not be looked at."""

    applied: tuple[str, ...] = ()
    """What the server refuses of the objects."""
    going: tuple[Object, ...] = ()
    """Those that are there and being deleted: what is applied to them goes with them."""
    admitted: tuple[str, ...] | None = ()
    """What it refuses of the pods."""
    rules: tuple[Rule, ...] | None = ()
    quotas: Mapping[str, tuple[Object, ...] | None] = field(default_factory=dict)
    """Those of each namespace in which there will be pods."""
    live: tuple[Object, ...] = ()
    """The workloads and claims that are there."""
    secrets: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    """The keys of each needed Secret that is there."""
    absent: frozenset[str] = frozenset()
    """The needed Secrets that are not there."""
    kept: frozenset[str] = frozenset()
    """The needed Secrets that something in the cluster fills."""
    pulled: Mapping[Pull, str | None] = field(default_factory=dict)
    """Why an image cannot be pulled; empty when it can."""
    classes: frozenset[str] | None = frozenset()
    """The storage classes; empty text when one of them is the default."""
    ingresses: frozenset[str] | None = frozenset()
    """The ingress classes, likewise."""
    late: frozenset[str] = frozenset()
    """Those that give a volume to the first pod and not before; empty text when the default one does."""
