"""What a namespace may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.records import dataclass

RESTRICTED = "restricted"
"""The Pod Security level where nobody says another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a namespace may have, in Kubernetes' own names and quantities."""

    hard: Mapping[str, str] = field(default_factory=dict)
    """Of the ResourceQuota, like `requests.memory`."""
    container: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of the LimitRange for containers: `default`, `defaultRequest`, `min`, `max`."""
