"""What stands before an environment: approvals, freezes, evidence, and what is watched afterwards."""

from __future__ import annotations

import re
from dataclasses import field

from pipelinekit.records import dataclass

_KINDS = (
    ("moment", re.compile(r"\d{4}-")),
    ("year", re.compile(r"\d\d-\d\d")),
    ("week", re.compile(r"[A-Z][a-z]{2} ")),
    ("day", re.compile(r"\d\d:\d\d")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """How many people of which groups say yes before a promotion."""

    count: int
    groups: tuple[str, ...]
    author: bool = True
    """Whether somebody who wrote one of the commits counts."""
    requester: bool = True
    """Whether somebody who asked for the promotion counts."""
    signed: bool = False
    """Whether only keys count that nobody but that person holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A window of local time in `zone` in which nothing is promoted.

    `start` and `end` are both moments (ISO 8601), both days of a year (`12-18T18:00`), both times of a week
    (`Fri 16:00`) or both times of a day (`18:00`); the last three come again.
    """

    start: str
    end: str
    zone: str = "UTC"
    reason: str = ""


def kind_of(text: str) -> str:
    """How a freeze's boundary comes again: every `year`, `week` or `day`, or never (`moment`); or empty."""
    return next((name for name, pattern in _KINDS if pattern.match(text)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A statement about the release that has to be there; `age` is in seconds, 0 for any."""

    type: str
    age: int = 0
    verdict: str = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A PromQL query, and between which numbers each of its values has to be; None is no bound."""

    name: str
    query: str
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a Prometheus is asked while a release is in an environment."""

    prometheus: str
    bounds: tuple[Bound, ...] = field(default=())
