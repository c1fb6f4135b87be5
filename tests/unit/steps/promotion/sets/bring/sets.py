"""What the ledger tells of sets, and what bars one of their members."""

from __future__ import annotations

from pipelinekit.model.ledger import PLATFORM, Event
from tests.promoting import Bench


def of_set(bench: Bench) -> list[Event]:
    """What the platform's branch tells of sets."""
    return [each for each in bench.ledger.history(PLATFORM).events if each.details.get("set")]


def ends(told: Event) -> list[str]:
    return [f"{each['application']} {each.get('end', '')}" for each in told.details["members"]]


def barred(name: str) -> Event:
    return Event(kind="barred", team="payments", name=name, version="1.0.0", reason="leak")
