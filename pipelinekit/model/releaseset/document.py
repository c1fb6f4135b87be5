"""A release set as its document says it."""

from __future__ import annotations

from dataclasses import field

from pipelinekit.errors import Place
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One application at one version; `team` is empty where the document leaves it to the platform."""

    name: str
    version: str
    team: str = ""
    places: tuple[Place, Place] | None = field(default=None, compare=False, repr=False)
    """Where its name and its version stand in the document."""

    @property
    def application(self) -> str:
        """`team/name`, or the name alone."""
        return f"{self.team}/{self.name}" if self.team else self.name

    def __str__(self) -> str:
        return f"{self.application} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSet:
    """What is promoted as one, in the document's order; no application is there twice."""

    name: str
    members: tuple[Member, ...]
