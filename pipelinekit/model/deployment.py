"""What is in a cluster against what a chart declares: fields that differ, who had them, what runs short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from pipelinekit.records import dataclass

Object = Mapping[str, Any]
"""A Kubernetes object, as its API gives it."""

SECRET = "(secret)"  # noqa: S105 - it stands for one
"""Shown in the place of a value that nobody may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of one object; `live`, `applied` and `wanted` are None where there is no such field."""

    object: str
    """Like Deployment/orders, or `ConfigMap/note (namespace other)` where that is not its release's."""
    path: str
    """Like spec.template.spec.containers[web].image."""
    live: Any = None
    applied: Any = None
    """What the release that is installed declares."""
    wanted: Any = None
    manager: str = ""
    """Who owns the field and is not us, or empty."""
    declared: Any = None
    """What the chart declares where the server makes something else of it, which `wanted` then is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A field that somebody has added, and that no chart declares."""

    object: str
    path: str
    manager: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a cluster for a manifest."""

    live: Sequence[Object]
    """The objects of the manifest that are there, with their managed fields."""
    applied: Sequence[Object]
    """Each object of the manifest as the server would have it once it is applied, likewise."""
    autoscalers: Sequence[Object] = ()
    """All that are in the namespace; they need not have been asked for where no number of pods differs."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Objects, like Deployment/orders, that the server does not take on top of what is there, and why."""
    home: str = ""
    """The namespace of the release: an object of another one is named with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How what is there stands against what the installed release declares."""

    missing: tuple[str, ...] = ()
    """Declared objects that are not there."""
    changes: tuple[Change, ...] = ()
    added: tuple[Addition, ...] = ()
    admitted: tuple[Change, ...] = ()
    """What is as it was applied, and the server would have otherwise by now: nobody has touched that."""
    short: tuple[str, ...] = ()
    """What runs in fewer pods than should, or in old ones, in words."""
    ending: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Declared objects that are being deleted, and the finalizers that are waited for."""
    paused: tuple[str, ...] = ()
    """Deployments of which nothing new is rolled out, by a hand's word."""

    @property
    def touched(self) -> bool:
        """Whether hands have changed something that is declared."""
        return bool(self.missing or self.changes or self.ending)

    @property
    def good(self) -> bool:
        """Whether everything is there as declared, and runs."""
        return not self.touched and not self.short


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentPlan:
    """What a deployment would do; `acts` is false when it runs already."""

    application: str
    version: str
    environment: str
    namespace: str
    acts: bool
    missing: tuple[str, ...] = ()
    """What the installed release declares and hands have deleted."""
    hands: tuple[Change, ...] = ()
    """What hands have changed and becomes ours again."""
    changes: tuple[Change, ...] = ()
    created: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    """What Helm makes before and after all that, in its order, in words."""
    short: tuple[str, ...] = ()
    kept: Mapping[str, int] = field(default_factory=dict)
    """Pods of each Deployment that an autoscaler takes over, which are held until it does."""
    notes: tuple[str, ...] = ()
    digest: str = ""
    """Of all that this plan was made from: chart, values, release, and what is live."""
