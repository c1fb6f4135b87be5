"""What registries hold, and what may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One manifest with everything that names it. `made` is in seconds since 1970, 0 when nobody knows.

    `parts` are the images of an index, `needs` the image of a chart.
    """

    registry: str
    repository: str
    digest: str
    tags: tuple[str, ...]
    made: int = 0
    parts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What a cluster runs, or would run again: digests, and images that are named by a tag only."""

    digests: Mapping[str, str] = field(default_factory=dict)
    """Where each of them runs, in words."""
    tagged: Mapping[str, str] = field(default_factory=dict)
    """The same for `repository:tag`, the registry's host left out: a mirror has the same content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a manifest stays, and why."""

    stored: Stored
    stays: bool
    reason: str
