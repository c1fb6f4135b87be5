"""The freeze calendar: which windows are open at a moment, by the clocks of their zones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelinekit.model.platform.gates import Freeze, kind_of
from pipelinekit.model.platform.zone import DAY, Clock, Zone
from pipelinekit.plan.moment import moment, seconds_of
from pipelinekit.records import dataclass

WEEK = 7 * DAY
DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")
"""From the day on which 1970 began."""


@dataclass(frozen=True, slots=True)
class Window:
    """One freeze that is on: `begin` and `end` are seconds since 1970, and `end` is past it."""

    freeze: Freeze
    begin: int
    end: int
    until: str
    """When it ends, by the zone's clocks."""


def open_windows(freezes: Iterable[Freeze], clock: Clock) -> Iterator[Window]:
    """Every window that is open now. The zones have to be in the clock.

    A window begins when its zone's clocks first show the beginning, and ends when they show the end for
    good: over a change of the clocks it has an hour more or less.
    """
    for each in freezes:
        zone = clock.zones[each.zone]
        for start, end in _walls(each, zone.local(clock.now)):
            begins, ends = zone.first(start), zone.last(end)
            if begins <= clock.now < ends:
                yield Window(each, begins, ends, f"{_shown(end)} {zone.name}")
                break


def unknown_zones(freezes: Iterable[Freeze], clock: Clock) -> list[str]:
    """The zones of the freezes that nobody knows."""
    return sorted({each.zone for each in freezes} - clock.zones.keys())


def _walls(freeze: Freeze, now: int) -> Iterator[tuple[int, int]]:
    """The occurrences, by the zone's clocks, that `now` can be in."""
    kind = kind_of(freeze.start)
    if kind == "moment":
        yield _seconds(freeze.start), _seconds(freeze.end)
    elif kind == "year":
        year = int(moment(now)[:4])
        crosses = freeze.end <= freeze.start
        for first in (year - 1, year, year + 1):
            yield _seconds(f"{first}-{freeze.start}"), _seconds(f"{first + crosses}-{freeze.end}")
    else:
        period = WEEK if kind == "week" else DAY
        start, end = _in_period(freeze.start), _in_period(freeze.end)
        length = (end - start) % period
        latest = now - (now - start) % period
        # The clocks may go back over a boundary: what has just ended and what begins soon count as well.
        for begin in (latest - period, latest, latest + period):
            yield begin, begin + length


def _in_period(text: str) -> int:
    day, _, time = text.rpartition(" ")
    hours, minutes, *seconds = (int(each) for each in time.split(":"))
    return (DAYS.index(day) if day else 0) * DAY + hours * 3600 + minutes * 60 + sum(seconds)


def _seconds(text: str) -> int:
    """What a clock shows as seconds; 29 February is 1 March where there is none."""
    date, _, time = text.partition("T")
    found = seconds_of(f"{date}T{time or '00:00'}{'' if time.count(':') == 2 else ':00'}Z")
    if found is None:
        raise AssertionError(f"reading has let {text!r} through")
    return found


def _shown(wall: int) -> str:
    return moment(wall).removesuffix("Z").removesuffix(":00")


def shown(zone: Zone, at: int) -> str:
    """A moment by a zone's clocks, for people."""
    return f"{_shown(zone.local(at))} {zone.name}"
