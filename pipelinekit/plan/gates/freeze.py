"""Freezes: the calendar's windows, and those that somebody has begun by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelinekit.model.ledger import SKEW, Entry, History
from pipelinekit.model.platform.zone import UTC
from pipelinekit.model.promotion import Verdict
from pipelinekit.plan.gates.calendar import Window, open_windows, shown, unknown_zones
from pipelinekit.plan.gates.case import Case, closed, opened


def judge(case: Case) -> Iterator[Verdict]:
    """One verdict for each freeze that is on: who waits for one must know of all."""
    found = [*_windows(case), *_by_hand(case)]
    yield from found or [opened("freeze", "nothing is frozen")]
    ahead = [*_ahead(case, case.history), *_ahead(case, case.common)]
    if ahead:
        newest = max(ahead, key=lambda each: each.event.at)
        reason = (
            f"the ledger has an event of {shown(UTC, newest.event.at)} by {newest.writer}, which is still to "
            "come by this machine's clock"
        )
        yield closed("clock", reason, hard=True)


def _ahead(case: Case, history: History) -> Iterator[Entry]:
    """The entries that are still to come by this clock, and that no other person has written on top of since.

    Whoever asks proves nothing of this clock by what they have written, nor does the writer of such an entry.
    """
    others: set[str] = set()
    for each in reversed(tuple(history)):
        person = each.writer.person if each.writer else ""
        if each.event.at <= case.clock.now + SKEW:
            others |= {person} - {"", case.asker.person}
        elif not others - {person}:
            yield each


def frozen(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The freezes by hand that nobody has thawed; a thaw of everything ends each of its own branch."""
    found: dict[tuple[str, str], Entry] = {}
    for each in entries:
        # What two branches say has no order: an application's word ends no freeze over all.
        branch, place = each.event.branch, each.event.environment
        if each.event.kind == "frozen":
            found[branch, place] = each
        else:
            found = {key: one for key, one in found.items() if key[0] != branch or place not in ("", key[1])}
    return tuple(found.values())


def unknown(case: Case) -> list[str]:
    """The zones of the calendar that nobody knows, so that its windows count as open."""
    return unknown_zones(case.environment.freeze, case.clock)


def windows(case: Case) -> list[Window]:
    """The calendar's windows that are open."""
    known = [each for each in case.environment.freeze if each.zone in case.clock.zones]
    return list(open_windows(known, case.clock))


def by_hand(case: Case) -> tuple[Entry, ...]:
    """The freezes by hand that are on here."""
    return frozen(case.all("frozen", "thawed"))


def _windows(case: Case) -> Iterator[Verdict]:
    for zone in unknown(case):
        yield closed("freeze", f"nobody here knows the time zone {zone}, so its windows count as open")
    for each in windows(case):
        why = f" ({each.freeze.reason})" if each.freeze.reason else ""
        yield closed("freeze", f"{case.environment.name} is frozen until {each.until}{why}")


def _by_hand(case: Case) -> Iterator[Verdict]:
    for each in by_hand(case):
        what = each.event.environment or "everything"
        yield closed(
            "freeze", f"{what} was frozen by {each.writer}: {each.event.reason or 'no reason given'}"
        )
