"""A rollout of components: how each stands, what is planned, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Object = Mapping[str, Any]

DEPLOYED: Final = "deployed"
UNCHANGED: Final = "unchanged"
FAILED: Final = "failed"
WAITING: Final = "waiting"

State = Literal["deployed", "unchanged", "failed", "waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a Service answered: an http status, 0 where nobody did, and the text."""

    status: int
    body: str = ""
    reason: str = ""
    """Why nobody answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """Pods of an older revision that only their deletion replaces."""

    workload: str
    labels: Mapping[str, str]
    revision: str
    """The label value that a new pod has."""
    replicas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the revision that was rolled out stands; nothing in the way means that it is ready."""

    reasons: tuple[str, ...] = ()
    old: tuple[Old, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether others may go on."""
        return not self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one component; `blocked` are those it waited for in vain."""

    component: str
    state: State
    text: str = ""
    blocked: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    refused: bool = False
    """Whether it failed because we would not."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """What a rollout would do to one component."""

    component: str
    version: str
    namespace: str
    acts: bool
    installed: str = ""
    """The version that is there, or empty."""
    definitions: tuple[str, ...] = ()
    """CustomResourceDefinitions that are made or changed."""
    lines: tuple[str, ...] = ()
    """What changes, in words."""
    refusals: tuple[str, ...] = ()
    """Why it would be refused, each with its next step."""
    after: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
