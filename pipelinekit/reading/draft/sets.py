"""Values in the form of Helm's `--set`: `a.b=1,list[0]=x,words={p,q}`, a backslash before a plain comma."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pipelinekit.errors import DocumentInvalid, Fault, Place

MOST_ITEMS = 65_536
"""Items that all indexes together may make: Helm's own limit of one."""
DEEPEST = 30
"""Names and indexes in a row, as Helm has it."""
_TYPED: dict[str, Any] = {"true": True, "false": False, "null": None}


def read_sets(lines: Iterable[str], origin: str, path: str = "set") -> dict[str, Any]:
    """All of them as one mapping, later ones on top, as Helm reads them; raises `DocumentInvalid` for what is
    no assignment, and for a name that Helm would pass over in silence or take with its spaces."""
    values = _Values()
    for line in lines:
        text = _Text(line)
        while not text.over:
            start = text.at
            try:
                values.put(_keys(text), _value(text))
            except (ValueError, TypeError) as error:
                part = line[start : max(text.at, start + 1)].strip(",")[:60]
                raise _fault(origin, path, f"'{part}': {error}") from error
    return values.all


def _fault(origin: str, path: str, problem: str) -> DocumentInvalid:
    hint = "as for `helm --set`: ingress.enabled=true, list[0]=x, words={a,b}"
    return DocumentInvalid(Fault("bad-set", problem, Place(origin), path, hint))


class _Text:
    """A line and how far it is read."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.text)

    def takes(self, letter: str) -> bool:
        """Whether that letter is next; then it is read."""
        found = self.text.startswith(letter, self.at)
        self.at += found
        return found

    def until(self, ends: str) -> tuple[str, str]:
        """What stands before the next of these letters that no backslash precedes, and that letter; the
        letter is empty at the end."""
        found: list[str] = []
        while not self.over:
            letter = self.text[self.at]
            self.at += 1
            if letter in ends:
                return "".join(found), letter
            if letter != "\\":
                found.append(letter)
            elif not self.over:
                found.append(self.text[self.at])
                self.at += 1
        return "".join(found), ""


def _keys(text: _Text) -> list[str | int]:
    keys: list[str | int] = []
    end = "."
    while end != "=":
        if len(keys) == DEEPEST:
            raise ValueError(f"more than {DEEPEST} names deep")
        if end == "[":
            keys.append(_index(text))
            more, end = text.until("[.=")
            if more:
                raise ValueError(f"'{more[:20]}' after an index")
        else:
            name, end = text.until("=[,.")
            if not name:
                raise ValueError("no name of a value")
            if name != name.strip():
                raise ValueError("a space before or after a name would be part of it")
            keys.append(name)
        if end in {"", ","}:
            raise ValueError("is no NAME=VALUE")
    return keys


def _index(text: _Text) -> int:
    number, end = text.until("]")
    if not end or not re.fullmatch(r"\+?[0-9]{1,9}", number, re.ASCII):
        raise ValueError(f"'{number[:20]}' is no index")
    return int(number)


def _value(text: _Text) -> Any:
    if not text.takes("{"):
        return _typed(text.until(",")[0])
    items, end = [], ","
    while end == ",":
        item, end = text.until(",}")
        items.append(_typed(item))
    if not end:
        raise ValueError("a list ends with '}'")
    text.takes(",")
    return items


def _typed(text: str) -> Any:
    if text.casefold() in _TYPED:
        return _TYPED[text.casefold()]
    # A number with a zero in front is a text, and so is one beyond 64 bits.
    if re.fullmatch(r"0|[+-][0-9]{1,19}|[1-9][0-9]{0,18}", text, re.ASCII) and -(2**63) <= int(text) < 2**63:
        return int(text)
    return text


class _Values:
    """What is set so far."""

    def __init__(self) -> None:
        self.all: dict[str, Any] = {}
        self.room = MOST_ITEMS

    def put(self, keys: list[str | int], value: Any) -> None:
        """Set one value; raises `TypeError` where one before it is of another kind."""
        here: Any = self.all
        for key, following in zip(keys, [*keys[1:], None], strict=True):
            if isinstance(key, int):
                self._lengthen(here, key)
                there = here[key]
                # In a list Helm makes a mapping out of whatever was there.
                absent = there is None or (isinstance(following, str) and not isinstance(there, dict))
            else:
                there, absent = here.get(key), key not in here
            if following is None:
                there = value
            elif absent:
                there = [] if isinstance(following, int) else {}
            elif not isinstance(there, list if isinstance(following, int) else dict):
                raise TypeError(f"'{key}' is something else before")
            here[key] = there
            here = there

    def _lengthen(self, items: list[Any], index: int) -> None:
        more = index + 1 - len(items)
        if more > self.room:
            raise ValueError(f"more than {MOST_ITEMS} items")
        if more > 0:
            items.extend([None] * more)
            self.room -= more
