"""The upgrade of a controller by a Job that goes on while the controller is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from pipelinekit.records import dataclass

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a server calls a kind of objects: `plural` is the resource's name in rules."""

    group: str
    plural: str
    namespaced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a Job stands: `notes` are its annotations."""

    name: str
    uid: str
    notes: Mapping[str, str]
    ended: str = ""
    """Complete or Failed, with its message; empty while it is at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What is handed to a Job; times are in seconds."""

    component: str
    namespace: str
    environment: str
    image: str
    content: bytes
    """The part of the platform that it needs, as an archive."""
    digest: str
    """`sha256:…` of the archive and the environment."""
    mark: str
    """What tells this attempt from others of the same: no two Jobs read one ConfigMap."""
    wait: int
    """How long it waits for running builds."""
    timeout: int
    """How long release and gate may take, each."""
    backup: int = 0
    """How long the backup before it may take."""
    build: str = ""
    """The build that has begun it, which it does not wait for."""
    login: str = ""
    """The Secret with the account that it speaks to the controller with."""
    pull_secret: str = ""
    plain_http: str = ""
    """The hosts that may be spoken to without TLS."""
    rules: Mapping[str, tuple[Object, ...]] = field(default_factory=dict)
    """What it may do in each namespace; under the empty name, in the whole cluster."""
