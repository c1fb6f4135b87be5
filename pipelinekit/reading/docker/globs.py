"""Patterns over paths, as github.com/moby/patternmatcher has them, in time that grows with the path alone.

A pattern becomes an automaton that is made as far as paths lead into it. Nothing is ever tried twice, which
is what makes `a*a*a*a*b` explode where stars are tried one after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from pipelinekit.records import dataclass

_ROWS = 2_000
"""Rows of an automaton that are remembered."""
_DEAD = 0


class _Kind(Enum):
    ONE = auto()
    """One character."""
    STAR = auto()
    """Any number of characters but slashes."""
    DEEP = auto()
    """Nothing, or anything that ends in a slash."""
    REST = auto()
    """Anything."""


@dataclass(frozen=True, slots=True)
class _Part:
    kind: _Kind
    takes: Callable[[str], bool]


class Glob:
    """One pattern, cleaned as a path is; `ValueError` for what Docker refuses or reads as something else."""

    def __init__(self, pattern: str) -> None:
        self.matches = _plain(pattern) or _Automaton(_parts(pattern)).matches
        """Whether the pattern matches a whole path."""


def _plain(pattern: str) -> Callable[[str], bool] | None:
    """The matcher of a pattern without wildcards, or with `**` at one of its ends and nowhere else."""
    # Docker compares these as texts: what would be a character of regular expressions is none here.
    first, last = pattern.startswith("**"), pattern.endswith("**")
    inner = pattern[2:] if first else pattern[:-2] if last else pattern
    if any(each in inner for each in "*?[]\\"):
        return None
    if first:
        return lambda path: path.endswith(inner) or (inner[:1] == "/" and path == inner[1:])
    if last:
        return lambda path: path.startswith(inner)
    return lambda path: path == pattern


class _Automaton:
    """All places in the pattern that a path can have come to, as the bits of a number."""

    def __init__(self, parts: list[_Part]) -> None:
        # A DEEP has two places: before it, and inside it.
        self._places: list[tuple[_Kind, Callable[[str], bool]]] = []
        for part in parts:
            self._places.append((part.kind, part.takes))
            if part.kind is _Kind.DEEP:
                self._places.append((_Kind.REST, part.takes))
        self._end = 1 << len(self._places)
        self._rows: dict[int, dict[str, int]] = {}
        self._begin = self._closed(1)

    def matches(self, path: str) -> bool:
        state, rows = self._begin, self._rows
        for char in path:
            row = rows.get(state)
            if row is None:
                if len(rows) > _ROWS:
                    rows.clear()
                row = rows[state] = {}
            after = row.get(char)
            if after is None:
                if len(row) > _ROWS:
                    row.clear()
                after = row[char] = self._step(state, char)
            state = after
            if state == _DEAD:
                return False
        return bool(state & self._end)

    def _closed(self, state: int) -> int:
        """With the places that are reached from there without a character."""
        for at, (kind, _) in enumerate(self._places):
            if not state >> at & 1:
                continue
            if kind is _Kind.DEEP:
                state |= 0b110 << at
            elif kind is not _Kind.ONE and not self._inside(at):
                state |= 0b10 << at
        return state

    def _inside(self, at: int) -> bool:
        return at > 0 and self._places[at - 1][0] is _Kind.DEEP

    def _step(self, state: int, char: str) -> int:
        after = 0
        for at, (kind, takes) in enumerate(self._places):
            if not state >> at & 1 or kind is _Kind.DEEP or not takes(char):
                continue
            if kind is _Kind.ONE:
                after |= 0b10 << at
            else:
                after |= 0b1 << at
                if self._inside(at) and char == "/":
                    after |= 0b10 << at
        return self._closed(after)


def _parts(pattern: str) -> list[_Part]:
    parts: list[_Part] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*" and pattern.startswith("*", at):
            at += 2 if pattern.startswith("/", at + 1) else 1
            parts.append(_Part(_Kind.DEEP if at < len(pattern) else _Kind.REST, _is_in_line))
        elif char == "*":
            parts.append(_Part(_Kind.STAR, _is_no_slash))
        elif char == "?":
            parts.append(_Part(_Kind.ONE, _is_no_slash))
        elif char == "[":
            end = _end_of_class(pattern, at)
            parts.append(_Part(_Kind.ONE, _class(pattern[at:end])))
            at = end + 1
        else:
            if char == "^":
                raise ValueError("Docker takes ^ for the beginning of a path here: write \\^")
            if char == "\\":
                char, at = _escaped(pattern, at)
            parts.append(_Part(_Kind.ONE, char.__eq__))
    return parts


def _is_no_slash(char: str) -> bool:
    return char != "/"


def _is_in_line(char: str) -> bool:
    # Docker's expression for `**` ends at the end of a line, and names may have several.
    return char != "\n"


def _escaped(pattern: str, at: int) -> tuple[str, int]:
    if at == len(pattern):
        raise ValueError("it ends in a backslash")
    char = pattern[at]
    if char.isascii() and char.isalnum():
        raise ValueError(f"Docker takes \\{char} for a class of characters: leave the backslash out")
    return char, at + 1


def _end_of_class(pattern: str, at: int) -> int:
    end = at + 1 if pattern.startswith("^", at) else at
    while end < len(pattern) and pattern[end] != "]":
        if pattern[end] in "*?":
            raise ValueError(f"Docker takes {pattern[end]} for a wildcard in brackets too: write it outside")
        end += 2 if pattern[end] == "\\" else 1
    if end >= len(pattern) or end == at or (end == at + 1 and pattern[at] == "^"):
        raise ValueError("its bracket is not closed")
    return end


def _class(inner: str) -> Callable[[str], bool]:
    """Whether a character is one of `inner`, which may begin with `^` and have ranges."""
    negated = inner.startswith("^")
    ranges: list[tuple[str, str]] = []
    at = 1 if negated else 0
    while at < len(inner):
        low, at = _of_class(inner, at)
        high = low
        if inner.startswith("-", at):
            high, at = _of_class(inner, at + 1)
        if high < low:
            raise ValueError(f"the range {low}-{high} has nothing in it")
        ranges.append((low, high))
    return lambda char: any(low <= char <= high for low, high in ranges) is not negated


def _of_class(inner: str, at: int) -> tuple[str, int]:
    if at >= len(inner) or inner[at] == "-":
        raise ValueError("a hyphen in brackets is between two characters, or has a backslash before it")
    if inner.startswith("[:", at):
        raise ValueError("Docker takes [: for the name of a class: write \\[:")
    return _escaped(inner, at + 1) if inner[at] == "\\" else (inner[at], at + 1)
