"""Freezes: the calendar's windows, and those that somebody has begun by hand."""

from __future__ import annotations

from collections.abc import Iterator

from pipelinekit.model.ledger import Entry
from pipelinekit.model.platform.zone import UTC
from pipelinekit.model.promotion import Verdict
from pipelinekit.plan.gates.calendar import open_windows, shown, unknown_zones
from pipelinekit.plan.gates.case import SKEW, Case, closed, opened


def judge(case: Case) -> Iterator[Verdict]:
    """One verdict for each freeze that is on: who waits for one must know of all."""
    found = [*_windows(case), *_by_hand(case)]
    yield from found or [opened("freeze", "nothing is frozen")]
    newest = max((each.event.at for each in (*case.history, *case.common)), default=0)
    if newest > case.clock.now + SKEW:
        latest = shown(UTC, newest)
        reason = f"the ledger has an event of {latest}, which is still to come by this machine's clock"
        yield closed("clock", reason, hard=True)


def frozen(entries: Iterator[Entry]) -> tuple[Entry, ...]:
    """The freezes by hand that nobody has thawed; a thaw of everything ends each of them."""
    found: dict[str, Entry] = {}
    for each in entries:
        if each.event.kind == "frozen":
            found[each.event.environment] = each
        elif each.event.environment:
            found.pop(each.event.environment, None)
        else:
            found.clear()
    return tuple(found.values())


def _windows(case: Case) -> Iterator[Verdict]:
    for zone in unknown_zones(case.environment.freeze, case.clock):
        yield closed("freeze", f"nobody here knows the time zone {zone}, so its windows count as open")
    known = [each for each in case.environment.freeze if each.zone in case.clock.zones]
    for each in open_windows(known, case.clock):
        why = f" ({each.freeze.reason})" if each.freeze.reason else ""
        yield closed("freeze", f"{case.environment.name} is frozen until {each.until}{why}")


def _by_hand(case: Case) -> Iterator[Verdict]:
    for each in frozen(case.all("frozen", "thawed")):
        what = each.event.environment or "everything"
        yield closed(
            "freeze", f"{what} was frozen by {each.writer}: {each.event.reason or 'no reason given'}"
        )
