"""A bundle: all that a platform's rollout needs of the world, in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from pipelinekit.model.release import ImageRef
from pipelinekit.records import dataclass

INDEX = "bundle.json"
"""The file that lists what is in a bundle."""
CHARTS = "charts"
"""What stands in a registry's place in the names of charts, and before them at a site's registry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart that goes into a bundle: its archive is where `steps` has packaged or fetched it."""

    component: str
    name: str
    version: str
    archive: str
    """The archive's path."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What its Chart.yaml says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that goes into a bundle: what it is called, where it is copied from, whose it is."""

    name: ImageRef
    source: ImageRef
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What goes into a bundle; `files` are texts by their path in it."""

    platform: str
    environment: str
    charts: tuple[Chart, ...]
    images: tuple[Image, ...]
    files: Mapping[str, str]
    findings: tuple[str, ...] = ()
    """What is not in it though a site needs it, each with its next step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One name in a bundle: its digest, the architectures that are there, and what was done for it."""

    reference: str
    digest: str
    architectures: tuple[str, ...] = ()
    moved: int = 0
    """Blobs that had to be copied."""
    new: bool = False
    """Whether it was not there before under that digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name of a bundle as its list has it."""

    reference: str
    digest: str
    kind: str
    """`image` or `chart`."""
