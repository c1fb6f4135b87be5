"""The door to the time zones: what the machine, or else the tzdata package, says of one."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable

from pipelinekit.model.platform.zone import DAY, Clock, Zone

BEFORE, AFTER = 400 * DAY, 800 * DAY
"""What is looked over around a moment: a window that is open has begun a year ago at most, or has one end."""
_STEP = 6 * 3600


def clock(now: int, names: Iterable[str]) -> Clock:
    """The moment, and each zone of those names that there is."""
    found = {name: zone(name, now - BEFORE, now + AFTER) for name in {*names, "UTC"}}
    return Clock(now, {name: each for name, each in found.items() if each})


def zone(name: str, begin: int, end: int) -> Zone | None:
    """A zone's offsets between two moments; None where nobody knows one of that name."""
    try:
        info = zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
    changes = [(begin, _offset(info, begin))]
    for at in range(begin + _STEP, end + _STEP, _STEP):
        if _offset(info, at) != changes[-1][1]:
            changes.append(_change(info, at - _STEP, at))
    return Zone(name, tuple(changes))


def known() -> frozenset[str]:
    """The names of all zones that there are."""
    return frozenset(zoneinfo.available_timezones())


def is_known(name: str) -> bool:
    """Whether there is a zone of that name."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _change(info: zoneinfo.ZoneInfo, low: int, high: int) -> tuple[int, int]:
    before = _offset(info, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(info, middle) == before:
            low = middle
        else:
            high = middle
    return high, _offset(info, high)


def _offset(info: zoneinfo.ZoneInfo, at: int) -> int:
    offset = dt.datetime.fromtimestamp(at, info).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
