from __future__ import annotations

import datetime as dt
import itertools
import random
import zoneinfo
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.adapters import zones
from pipelinekit.model.platform.gates import Freeze
from pipelinekit.model.platform.zone import DAY, UTC, Clock, Zone
from pipelinekit.plan.gates.calendar import DAYS, open_windows, shown, unknown_zones
from pipelinekit.plan.moment import moment, seconds_of
from tests import matrix

BEGIN, END = 1_704_067_200, 2_019_686_400
"""Ten years from 2024 on."""
ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe")
"""An hour each way, on either side of UTC; half an hour on the other half of the globe."""

FORM = {"day": "%H:%M", "week": "%a %H:%M", "year": "%m-%dT%H:%M"}
"""How a window says when it comes again."""
ODD = (
    *ZONES,
    *("Europe/Dublin", "Africa/Cairo", "Africa/Casablanca", "America/Havana", "America/Nuuk"),
    *("America/Santiago", "Antarctica/Troll", "Asia/Beirut", "Pacific/Chatham"),
)
"""As well: changes at midnight, of two hours, in a fast, and where winter is what differs."""
COMES_AGAIN = [(name, kind) for name in ODD for kind in FORM]


def at(text: str) -> int:
    found = seconds_of(text)
    assert found is not None
    return found


def is_open(freeze: Freeze, clock: Clock) -> bool:
    return bool(list(open_windows([freeze], clock)))


# --- against zoneinfo, minute by minute -----------------------------------------------------------


def wall(info: zoneinfo.ZoneInfo, moment: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, info).replace(tzinfo=None)


@pytest.mark.parametrize("name", ZONES)
def test_each_minute_around_each_change_of_ten_years_is_inside_as_its_clocks_say(name: str) -> None:
    info, zone = zoneinfo.ZoneInfo(name), zones.zone(name, BEGIN, END)
    assert zone is not None
    rolled = random.Random(name)  # noqa: S311 - which windows are tried
    assert len(zone.changes) == 21, "two changes a year"
    for change, _ in zone.changes[1:]:
        minutes = range(change - 4 * 3600, change + 4 * 3600, 60)
        local = [wall(info, each) for each in minutes]
        latest = list(itertools.accumulate(local, max))
        earliest = list(itertools.accumulate(reversed(local), min))[::-1]
        middle = wall(info, change)
        for _ in range(3):
            start = middle + dt.timedelta(minutes=rolled.randrange(-120, 90, 10))
            end = start + dt.timedelta(minutes=rolled.randrange(10, 90, 10))
            freeze = Freeze(start=start.isoformat(), end=end.isoformat(), zone=name)
            for number, minute in enumerate(minutes):
                # Inside: the beginning has been shown already, and what is before the end still will be.
                expected = latest[number] >= start and earliest[number] < end
                got = is_open(freeze, Clock(minute, {name: zone}))
                assert got == expected, f"{freeze} at {moment(minute)}"


@pytest.mark.parametrize("name", ZONES)
def test_the_clocks_of_a_zone_are_those_of_zoneinfo(name: str) -> None:
    info, zone = zoneinfo.ZoneInfo(name), zones.zone(name, BEGIN, END)
    assert zone is not None
    for each in range(BEGIN, END, 7 * 3600 + 60):
        assert moment(zone.local(each)) == wall(info, each).isoformat() + "Z"


@pytest.mark.matrix("calendar")
@pytest.mark.parametrize("name", ZONES)
def test_each_minute_of_ten_years_has_the_local_time_of_zoneinfo(
    name: str, matrix_row: Callable[..., None]
) -> None:
    info, zone = zoneinfo.ZoneInfo(name), zones.zone(name, BEGIN, END)
    assert zone is not None
    epoch, minutes = dt.datetime(1970, 1, 1), range(BEGIN, END, 60)
    for each in minutes:
        assert zone.local(each) == (wall(info, each) - epoch).total_seconds(), moment(each)
    matrix_row("calendar", f"local time in {name}", "the same", {"minutes": len(minutes)})


@pytest.mark.parametrize(("name", "kind"), matrix.sampled("calendar", COMES_AGAIN, keep=3))
def test_each_minute_around_each_change_is_inside_what_comes_again_as_its_clocks_say(
    name: str, kind: str, matrix_row: Callable[..., None]
) -> None:
    info, zone = zoneinfo.ZoneInfo(name), zones.zone(name, BEGIN, END)
    assert zone is not None
    rolled = random.Random(f"{name} {kind}")  # noqa: S311 - which windows are tried
    period = dt.timedelta(days=7 if kind == "week" else 1)
    for change, _ in zone.changes[1:]:
        minutes = range(change - 4 * 3600, change + 4 * 3600, 60)
        local = [wall(info, each) for each in minutes]
        latest = list(itertools.accumulate(local, max))
        earliest = list(itertools.accumulate(reversed(local), min))[::-1]
        start = wall(info, change) + dt.timedelta(minutes=rolled.randrange(-120, 90, 10))
        length = dt.timedelta(minutes=rolled.choice([10, 50, 90, 1380]))
        freeze = Freeze(
            start=start.strftime(FORM[kind]), end=(start + length).strftime(FORM[kind]), zone=name
        )
        begins = [start] if kind == "year" else [start - period, start, start + period]
        for number, minute in enumerate(minutes):
            expected = any(latest[number] >= each and earliest[number] < each + length for each in begins)
            got = is_open(freeze, Clock(minute, {name: zone}))
            assert got == expected, f"{freeze} at {moment(minute)}"
    figures = {"minutes": (len(zone.changes) - 1) * 480}
    matrix_row("calendar", f"each {kind} in {name}", "the same", figures)


PARIS = zones.clock(at("2026-10-25T00:00:00Z"), ["Europe/Paris"]).zones


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-10-24", 24), ("2026-10-25", 25), ("2026-03-29", 23), ("2026-03-30", 24)]
)
def test_a_day_over_a_change_of_the_clocks_has_an_hour_more_or_less(day: str, hours: int) -> None:
    begin = at(f"{day}T00:00:00Z")
    freeze = Freeze(start=day, end=moment(begin + DAY)[:10], zone="Europe/Paris")
    inside = [
        each for each in range(begin - DAY, begin + 2 * DAY, 3600) if is_open(freeze, Clock(each, PARIS))
    ]
    assert len(inside) == hours


# --- windows that come again ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        ("18:00", "08:00", ["2026-05-04T18:00:00Z", "2026-05-05T07:59:59Z"], ["2026-05-05T08:00:00Z"]),
        ("12:00", "13:00", ["2026-05-04T12:30:00Z"], ["2026-05-04T11:59:59Z", "2026-05-04T13:00:00Z"]),
        (
            "Fri 16:00",
            "Mon 08:00",
            ["2026-05-01T16:00:00Z", "2026-05-03T12:00:00Z", "2026-05-04T07:59:00Z"],
            ["2026-05-01T15:59:59Z", "2026-05-04T08:00:00Z", "2026-05-06T12:00:00Z"],
        ),
        (
            "12-18T18:00",
            "01-04T06:00",
            ["2026-12-18T18:00:00Z", "2027-01-04T05:59:00Z", "2031-12-31T00:00:00Z"],
            ["2026-12-18T17:59:59Z", "2027-01-04T06:00:00Z", "2027-07-01T00:00:00Z"],
        ),
        ("02-29", "03-02", ["2028-02-29T00:00:00Z", "2027-03-01T00:00:00Z"], ["2027-02-28T23:59:59Z"]),
    ],
)
def test_windows_come_again(start: str, end: str, inside: list[str], outside: list[str]) -> None:
    freeze = Freeze(start=start, end=end)
    assert [each for each in inside if not is_open(freeze, Clock(at(each), {"UTC": UTC}))] == []
    assert [each for each in outside if is_open(freeze, Clock(at(each), {"UTC": UTC}))] == []


@given(
    start=st.integers(0, 7 * 1440 - 1),
    length=st.integers(1, 7 * 1440 - 1),
    now=st.integers(0, 2_000_000_000),
    offset=st.integers(-14 * 60, 14 * 60),
)
def test_a_week_is_counted_by_the_zones_clocks(start: int, length: int, now: int, offset: int) -> None:
    def written(minute: int) -> str:
        minute %= 7 * 1440
        return f"{DAYS[minute // 1440]} {minute // 60 % 24:02}:{minute % 60:02}"

    freeze = Freeze(start=written(start), end=written(start + length), zone="Z")
    clock = Clock(now, {"Z": Zone("Z", ((0, offset * 60),))})
    minute = (now + offset * 60) // 60 % (7 * 1440)
    assert is_open(freeze, clock) == ((minute - start) % (7 * 1440) < length)


# --- words ----------------------------------------------------------------------------------------


def test_all_that_overlap_are_told_and_each_says_its_own_end() -> None:
    freezes = [
        Freeze(start="2026-12-18T18:00", end="2027-01-04T06:00", zone="Europe/Paris", reason="year end"),
        Freeze(start="Fri 16:00", end="Mon 08:00", reason="weekend"),
        Freeze(start="2027-05-01", end="2027-05-02"),
    ]
    clock = Clock(at("2026-12-19T12:00:00Z"), {**PARIS, "UTC": UTC})
    assert [(each.freeze.reason, each.until) for each in open_windows(freezes, clock)] == [
        ("year end", "2027-01-04T06:00 Europe/Paris"),
        ("weekend", "2026-12-21T08:00 UTC"),
    ]


def test_a_zone_that_nobody_knows_is_named() -> None:
    freeze = Freeze(start="2026-01-01", end="2026-01-02", zone="Europe/Atlantis")
    assert unknown_zones([freeze], zones.clock(0, [freeze.zone])) == ["Europe/Atlantis"]


def test_a_moment_is_shown_by_a_zones_clocks() -> None:
    assert shown(PARIS["Europe/Paris"], at("2026-07-01T10:00:00Z")) == "2026-07-01T12:00 Europe/Paris"
