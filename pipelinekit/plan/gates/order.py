"""Order, verified and soak: what the release went through in the environment before."""

from __future__ import annotations

from collections.abc import Iterator

from pipelinekit.model.ledger import Entry, History
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.promotion import Verdict
from pipelinekit.plan.gates.case import Case, closed, opened
from pipelinekit.plan.gates.records import arrivals, verified
from pipelinekit.plan.moment import spoken

UNSEEN = "and that has not begun: the next `advance` or `promote` begins it"
AT_ONCE = 200
"""Commits that one event says to have seen: an event has a size."""


def judge(case: Case) -> Iterator[Verdict]:
    """All three, as far as the environment asks for them."""
    if case.before is None:
        return
    arrival = arrived(case)
    where, version = case.before.name, case.release.version
    if arrival is None:
        yield closed("order", f"{version} has not been in {where}")
        yield closed("verified", f"nothing of {version} is proven in {where}")
    else:
        yield opened("order", f"{version} was in {where}")
        proven = verified(case.history, arrival)
        yield (opened if proven else closed)(
            "verified", f"its tests {'passed' if proven else 'have not passed'} in {where}"
        )
    if case.environment.soak:
        yield _soak(case, arrival)


def arrived(case: Case) -> Entry | None:
    """The newest arrival of exactly this release in the environment before."""
    if case.before is None:
        return None
    found = [
        each
        for each in arrivals(case.history, case.before.name)
        if each.event.version == case.release.version
        and each.event.digests.chart == case.release.chart_digest
        # A component's version has some letters of its content's digest, and the chart none of its values.
        and (not case.release.is_component or each.event.digests.descriptor == case.release.descriptor_digest)
    ]
    return found[-1] if found else None


def begins(case: Case) -> bool:
    """Whether a soak is still to begin, since nobody has said that they see what has arrived."""
    arrival = arrived(case)
    return bool(case.environment.soak and arrival and arrival.seen is None)


def unseen(case: Case) -> tuple[str, ...]:
    """The arrivals' commits that nobody has said to have seen: a soak counts from when a person does."""
    return unseen_of(case.history, case.environment)


def unseen_of(history: History, environment: Environment) -> tuple[str, ...]:
    """The same, of an environment whatever may come there."""
    if not environment.after or not environment.soak:
        return ()
    new = (each.commit for each in arrivals(history, environment.after) if each.seen is None)
    return tuple(new)[-AT_ONCE:]


def _soak(case: Case, arrival: Entry | None) -> Verdict:
    """A date is what its writer says; a soak counts from when the arrival was first seen."""
    where, needed = case.before.name if case.before else "", case.environment.soak
    if arrival is None:
        return closed("soak", f"it must be {spoken(needed)} in {where}")
    if arrival.seen is None:
        return closed("soak", f"it must be {spoken(needed)} in {where}, {UNSEEN}")
    later = arrivals(case.history, where)
    following = later[later.index(arrival) + 1 :]
    end = min(map(_came, following), default=None)
    now = case.clock.now
    there = (min(end, now) if end is not None else now) - min(arrival.seen, now)
    if there >= needed:
        return opened("soak", f"it was {spoken(there)} in {where}, {spoken(needed)} are asked for")
    if end is not None:
        return closed(
            "soak",
            f"it was {spoken(max(there, 0))} of {spoken(needed)} in {where}, and something else is there now",
        )
    return closed(
        "soak",
        f"it is {spoken(max(there, 0))} of {spoken(needed)} in {where}: {spoken(needed - there)} to come",
    )


def _came(entry: Entry) -> int:
    """When something came: seen late, or by nobody yet, it ends a soak no later than it says itself."""
    return entry.event.at if entry.seen is None else min(entry.event.at, entry.seen)
