"""How many of what, as people say it: no "1 files", no "1 file(s)"."""

from __future__ import annotations

import re

_HISSES = re.compile(r"(s|x|z|ch|sh)\Z")
_SOFT = re.compile(r"[^aeiou]y\Z")


def counted(number: int, one: str, many: str = "") -> str:
    """`number` with its noun: `1 file`, `2 files`.

    `many` is what more than one are called where that is not the regular plural of the last word of
    `one`, or where a verb goes with it: `counted(n, "job is new", "jobs are new")`.
    """
    return f"{number} {one if number == 1 else many or _plural(one)}"


def _plural(noun: str) -> str:
    if _SOFT.search(noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if _HISSES.search(noun) else f"{noun}s"
