"""What a release went through: the events that the ledger keeps, as far as others read or write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verb = Literal["released", "deployed", "verified", "promoted", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to one version of one application; `at` is in seconds since 1970.

    `digests` are those of its image and chart, whatever the registry that has them.
    """

    verb: Verb
    team: str
    name: str
    version: str
    digests: tuple[str, ...]
    environment: str = ""
    at: int = 0
    reason: str = ""
