"""What a ledger's branch says of one application: what arrived where, what was proven of it, what runs."""

from __future__ import annotations

from collections.abc import Iterable

from pipelinekit.model.ledger import Entry, Event, History
from pipelinekit.model.promotion import Release
from pipelinekit.model.release import ImageRef

ARRIVALS = frozenset({"deployed", "promoted", "rolled-back"})
"""The kinds after which an environment has a version."""


def arrivals(history: History, environment: str) -> tuple[Entry, ...]:
    """What came into an environment, oldest first."""
    return tuple(
        each for each in history if each.event.kind in ARRIVALS and each.event.environment == environment
    )


def living(history: History, environment: str) -> Entry | None:
    """What an environment has by the ledger: the newest arrival."""
    found = arrivals(history, environment)
    return found[-1] if found else None


def verified(history: History, arrival: Entry) -> bool:
    """Whether the tests passed where a version arrived, after it did."""
    place = arrival.event.environment
    after = _after(history, arrival)
    return any(
        each.event.kind == "verified"
        and (each.event.environment, each.event.version) == (place, arrival.event.version)
        for each in after
    )


def tried(history: History, arrival: Entry) -> bool:
    """Whether the tests have been run where a version arrived, whatever came of it."""
    place = arrival.event.environment
    return verified(history, arrival) or any(
        each.event.kind == "failed" and each.event.environment == place for each in _after(history, arrival)
    )


def releases(history: History) -> tuple[Release, ...]:
    """Every version that was published and is told whole, oldest first."""
    found = (_release(each.event) for each in history if each.event.kind == "released")
    return tuple(each for each in found if each)


def release_of(history: History, version: str) -> Release | None:
    """The version as it was published first: what was published stays what it is."""
    return next((each for each in releases(history) if each.version == version), None)


def last(entries: Iterable[Entry], *kinds: str) -> Entry | None:
    """The newest entry of one of those kinds."""
    found = [each for each in entries if each.event.kind in kinds]
    return found[-1] if found else None


def _after(history: History, entry: Entry) -> tuple[Entry, ...]:
    entries = tuple(history)
    return entries[entries.index(entry) + 1 :]


def _release(event: Event) -> Release | None:
    details = event.details
    try:
        image, chart, descriptor = details["image"], details["chart"], details["descriptor"]
        return Release(
            team=event.team,
            name=event.name,
            version=event.version,
            commit=str(details["commit"]),
            image=ImageRef(str(image["registry"]), str(image["repository"]), digest=event.digests.image),
            chart=ImageRef(str(chart["registry"]), str(chart["repository"]), tag=event.version),
            chart_digest=event.digests.chart,
            archive=str(chart["archive"]),
            descriptor=str(descriptor["text"]),
            descriptor_digest=event.digests.descriptor,
        )
    except (KeyError, TypeError):
        # An event of an older form, or one that says less: a release that nobody can promote.
        return None
