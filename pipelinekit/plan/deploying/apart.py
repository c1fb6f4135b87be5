"""Two values beside each other, short, and yet so that the part shows in which they are apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import takewhile

LONGEST = 60
"""Characters of a value that are shown."""
_BEFORE = LONGEST // 3
"""Characters before the first one in which two are apart."""


def apart(one: object, other: object) -> tuple[str, str]:
    """Both values, short; of long texts the lines, or the part, in which they are apart.

    What looks alike that way, for white space alone is another one, is shown as JSON has it.
    """
    is_text = isinstance(one, str) and isinstance(other, str) and max(len(one), len(other)) > LONGEST
    shown = _lines_apart(str(one), str(other)) if is_text else windows(_text(one), _text(other))
    if shown[0] == shown[1] and one != other:
        return windows(_as_json(one), _as_json(other))
    return shown


def windows(one: str, other: str) -> tuple[str, str]:
    """Both texts, each cut where it is long, and before the first place in which they are apart."""
    if max(len(one), len(other)) <= LONGEST:
        return one, other
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    same = alike - _BEFORE if alike > LONGEST - _BEFORE else 0
    before = "…" if same else ""
    return _cut(before + one[same:]), _cut(before + other[same:])


def short(value: object) -> str:
    """One value, cut where it is long."""
    return _cut(_text(value))


def _lines_apart(one: str, other: str) -> tuple[str, str]:
    old, new = one.splitlines(), other.splitlines()
    gone, come = _lacking(old, new), _lacking(new, old)
    if (len(old) > 1 or len(new) > 1) and (gone or come):
        return windows(gone or "nothing", come or "nothing")
    return windows(_text(one), _text(other))


def _lacking(lines: Sequence[str], others: Sequence[str]) -> str:
    known = frozenset(others)
    return "; ".join(each.strip() for each in lines if each not in known)


def _text(value: object) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) and value else _as_json(value)
    return "; ".join(each.strip() for each in text.splitlines())


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
