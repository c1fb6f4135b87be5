"""What a server does not take, as kubectl tells it: of one object in lines, of several in another form."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ONE = re.compile(r'The (\w+) "([^"]+)" is invalid: ?(.*)')
_OF_SEVERAL = re.compile(r'Error from server \(Invalid\): (\w+)(?:\.\S+)? "([^"]+)" is invalid: (.*)')
_HEAD = re.compile(r"Error from server|[Ee]rror: |Warning: |unable to |resource mapping not found")
_KINDS = (
    "Invalid value|Required value|Forbidden|Duplicate value|Unsupported value|Too long|Too many|Not found"
)
_BETWEEN = re.compile(rf", (?=[^\s,]+: (?:{_KINDS}))")
_VALUE = re.compile(r'(Invalid value: )([{\["].{60,}[}\]"])(: )', re.DOTALL)


def lines(text: str) -> Iterator[str]:
    """What kubectl says, a line each; of an object that is invalid `The Kind "name" is invalid: why; why`.

    Values that are as long as a whole object are left out.
    """
    known: tuple[str, str] | None = None
    reasons: list[str] = []
    for line in text.splitlines():
        found = _ONE.match(line) or _OF_SEVERAL.match(line)
        if known and (found or _HEAD.match(line)):
            yield _invalid(*known, reasons)
            known = None
        if found:
            known, reasons = (found[1], found[2]), _apart(found[3])
        elif known and line.startswith("* "):
            reasons.append(line[2:])
        elif not known and line.strip():
            yield line.strip()
    if known:
        yield _invalid(*known, reasons)


def invalid(text: str) -> dict[str, str]:
    """The objects, like Deployment/orders, that a server has called invalid, and why."""
    return {f"{found[1]}/{found[2]}": found[3] for line in lines(text) if (found := _ONE.match(line))}


def _invalid(kind: str, name: str, reasons: list[str]) -> str:
    why = "; ".join(_VALUE.sub(r"\1…\3", each) for each in reasons)
    return f'The {kind} "{name}" is invalid: {why}'


def _apart(text: str) -> list[str]:
    found = text.strip()
    if not found:
        return []
    whole = found.startswith("[") and found.endswith("]")
    return _BETWEEN.split(found[1:-1]) if whole else [found]
