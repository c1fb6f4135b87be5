"""What a ledger's branch says of one application: what arrived where, what was proven of it, what runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import dropwhile

from pipelinekit.model.ledger import SKEW, Entry, Event, History, Writer
from pipelinekit.model.promotion import Release
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.versions.version import is_version

ARRIVALS = frozenset({"deployed", "promoted", "rolled-back"})
"""The kinds after which an environment has a version."""
COMMON = "common"
"""In the details of what begins: the head of the platform's branch by which its gates were judged."""


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


def written_by(history: History, entry: Entry, now: int, asker: Writer) -> int:
    """The moment at which an entry was written at the latest: its own, or where that is still to come, the
    one of the first that somebody has written on top of it who is neither its writer nor asks."""
    if entry.event.at <= now + SKEW:
        return entry.event.at
    nobodys = {"", asker.person, entry.writer.person if entry.writer else ""}
    since = dropwhile(lambda each: each.commit != entry.commit, history)
    others = (each for each in since if each.writer and each.writer.person not in nobodys)
    return next((each.event.at for each in others if each.event.at <= now + SKEW), entry.event.at)


def common_of(entry: Entry) -> str:
    """The commit of the platform's branch that an entry names, or empty."""
    told = entry.event.details.get(COMMON)
    # Only who may begin a promotion says it: a pipeline's word of it would stop everybody.
    return told if isinstance(told, str) and entry.event.kind == "requested" and entry.event.name else ""


def lost(history: Iterable[Entry], common: History) -> Iterator[Entry]:
    """The entries that name a commit which the platform's branch has no more: it was cut, or written anew."""
    there = {each.commit for each in common.entries}
    return (each for each in history if common_of(each) and common_of(each) not in there)


def _after(history: History, entry: Entry) -> tuple[Entry, ...]:
    entries = tuple(history)
    return entries[entries.index(entry) + 1 :]


def _release(event: Event) -> Release | None:
    if not is_version(event.version):
        # A pipeline says it: every gate has to do with a version, and a file is named after it.
        return None
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
