"""The lock of an application's generated files: what made them, and what they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.model.platform.site import Site
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """`.pipelinekit/lock.yaml`."""

    tool: str
    """The version of pipelinekit that generated last."""
    site: Site
    templates: int = 1
    """The version of the templates that generated last."""
    inputs: str = ""
    """Digest of all that the last generation was made from; empty while something waits for a decision."""
    files: Mapping[str, str]
    """Path to digest of the text generated last, before any merge."""
    was: Mapping[str, str] = field(default_factory=dict)
    """The digests before, while a generation is on its way: a kill in the middle loses nothing."""
    yours: tuple[str, ...] = ()
    """Files that the user keeps for good."""
