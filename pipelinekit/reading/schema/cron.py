"""Schedules as Kubernetes' CronJob takes them; held against its API server in `tests/real/test_schedules.py`.

Source: `ParseStandard` of github.com/robfig/cron/v3. Jenkins' `H`, and `L`, `W` and `#` of others, are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NONE: Sequence[str] = ()
_MONTHS: Sequence[str] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS: Sequence[str] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]


def _any_case(word: str) -> str:
    return "".join(f"[{each}{each.upper()}]" for each in word)


def _field(numbers: str, names: Sequence[str] = ()) -> str:
    one = f"({'|'.join([numbers, *map(_any_case, names)])})"
    # No more than two digits: a step that goes beyond the field is taken, and is none.
    part = rf"([*?]|{one}(-{one})?)(/0*[1-9][0-9]?)?"
    return f"{part}(,{part})*"


_FIELDS = (
    _field("[0-5]?[0-9]"),
    _field("[01]?[0-9]|2[0-3]"),
    _field("0?[1-9]|[12][0-9]|3[01]"),
    _field("0?[1-9]|1[0-2]", _MONTHS),
    _field("0?[0-6]", _DAYS),
)
CRON = (
    "^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|" + " +".join(_FIELDS) + ")$",
    "five cron fields as Kubernetes has them, like 0 3 * * * (Sunday is 0), or @daily",
)
_CRON = re.compile(CRON[0])
_RANGE = re.compile(r"(\w+)-(\w+)")


def backwards(schedule: str) -> str:
    """The first range of a schedule that ends before it begins, which no field takes; empty without one.

    Nor has what is no schedule: that is another fault.
    """
    if not _CRON.match(schedule):
        return ""
    for field, names in zip(schedule.lower().split(), (_NONE, _NONE, _NONE, _MONTHS, _DAYS), strict=False):
        for first, last in _RANGE.findall(field):
            if _number(first, names) > _number(last, names):
                return f"{first}-{last}"
    return ""


def _number(word: str, names: Sequence[str]) -> int:
    return names.index(word) + (names is _MONTHS) if word in names else int(word)
