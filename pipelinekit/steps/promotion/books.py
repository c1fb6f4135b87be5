"""Writing the ledger while others do: what was judged stands on what was read, a plain note on anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from pipelinekit.errors import Refused, refused
from pipelinekit.model.ledger import MOVED, PLATFORM, Digests, Event, History, Kind, branch_of
from pipelinekit.model.promotion import Release
from pipelinekit.plan.gates.stops import lifted
from pipelinekit.ports import Ledger
from pipelinekit.steps.promotion.looks.around import Around

TRIES = 100
"""How often somebody else may be quicker."""


def event_of(around: Around, release: Release, kind: Kind, environment: str, **fields: Any) -> Event:
    """An event about a release, now."""
    return Event(
        kind=kind,
        team=release.team,
        name=release.name,
        version=release.version,
        environment=environment,
        digests=digests_of(release),
        at=around.clock(()).now,
        platform=around.commit,
        **fields,
    )


def digests_of(release: Release) -> Digests:
    """Those of a release's parts."""
    return Digests(
        image=release.image.digest, chart=release.chart_digest, descriptor=release.descriptor_digest
    )


def note(ledger: Ledger, *events: Event) -> History:
    """Add events of one branch, whatever stands there by now; the history then."""
    branch = events[0].branch
    for _ in range(TRIES):
        try:
            return ledger.append(branch, events, after=ledger.history(branch).head)
        except Refused as error:
            if error.faults[0].code != MOVED:
                raise
    raise refused(MOVED, f"{branch} did not stand still for {TRIES} tries", hint="try again")


def settle(ledger: Ledger, history: History, events: Sequence[Event]) -> History | None:
    """Add events right after what was read; None when something else came first."""
    try:
        return ledger.append(events[0].branch, events, after=history.head)
    except Refused as error:
        if error.faults[0].code != MOVED:
            raise
        return None


def lift(ledger: Ledger, seen: History, event: Event) -> History:
    """Add what ends the stops that were seen; raises `Refused` where somebody has stopped more meanwhile."""
    known = {each.commit for each in lifted(seen, event)}
    history = seen
    for _ in range(TRIES):
        for each in lifted(history, event):
            if each.commit not in known:
                where = each.event.version or each.event.environment or "everything"
                raise refused(
                    "stopped-meanwhile",
                    f"{where} was {each.event.kind} meanwhile by {each.writer}: "
                    f"{each.event.reason or 'no reason given'}",
                    hint="nothing is lifted; the same again lifts that as well",
                )
        written = settle(ledger, history, [event])
        if written is not None:
            return written
        history = ledger.history(event.branch)
    raise refused(MOVED, f"{event.branch} did not stand still for {TRIES} tries", hint="try again")


def read(ledger: Ledger, team: str, name: str) -> tuple[History, History]:
    """The application's branch and the platform's, the platform's read last: it has the stops."""
    history = ledger.history(branch_of(team, name))
    return history, ledger.history(PLATFORM)


def told(error: BaseException) -> str:
    """The first reason of an error, as short as an event wants it."""
    faults = getattr(error, "faults", ())
    return str(faults[0].problem if faults else error)[:500]


def stamped(around: Around, event: Event) -> Event:
    """An event with the moment and the platform's commit."""
    return dataclasses.replace(event, at=around.clock(()).now, platform=around.commit)
