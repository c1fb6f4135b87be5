"""What runs where by the ledger, and what would come next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelinekit.model.ledger import History
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.gates.records import living, releases, verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One application in one environment; `at` is in seconds since 1970, 0 where nothing is there."""

    environment: str
    version: str = ""
    at: int = 0
    by: str = ""
    verified: bool = False
    next: str = ""
    """The version that would come: what is in the environment before, or the newest; empty: none."""


def places(history: History, platform: Platform) -> Iterator[Place]:
    """Each environment in the document's order."""
    known = releases(history)
    for each in platform.environments:
        there = living(history, each.name)
        if each.after:
            source = living(history, each.after)
            coming = source.event.version if source else ""
        else:
            coming = known[-1].version if known else ""
        version = there.event.version if there else ""
        yield Place(
            environment=each.name,
            version=version,
            at=there.event.at if there else 0,
            by=str(there.writer) if there else "",
            verified=bool(there and verified(history, there)),
            next=coming if coming != version else "",
        )
