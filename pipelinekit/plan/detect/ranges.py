"""Which version of a language satisfies what a repository says of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelinekit.records import dataclass

Version = tuple[int, ...]
Bound = tuple[str, Version]

_LATEST = 10**6
"""Stands for the newest of a line: patches come of themselves with the image."""
_NINES = (99, 999, 9999, 99999, 999999)
_NUMBERS = r"\d{1,6}(?:\.\d{1,6})*"
_BOUND = re.compile(
    rf"(\^|~>|~=|~|>=|<=|===?|=|!=|>|<|)\s*v?({_NUMBERS})((?:\.[xX*])*)(?:[-+@][0-9A-Za-z.+-]*)?"
)
_LONGEST = 300
"""Characters of a range; what has more was written by nobody who wants a version."""
_SHOWN = 60
_ANY = frozenset(("", "*", "x", "X", "latest", "node", "lts/*", "stable"))


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a language: the maintained ones in the order of preference, then those that were once."""

    maintained: Sequence[str]
    ended: Sequence[str] = ()
    unbuilt: Sequence[str] = ()
    """Of those that ended, the ones whose image lacks what the Dockerfile asks of it."""

    def doubt(self, line: str) -> str:
        """What is wrong with a line that has ended."""
        ended = "no longer maintained"
        return f"{ended}, and the Dockerfile does not build with it" if line in self.unbuilt else ended


@dataclass(frozen=True, slots=True)
class Choice:
    """A version; `doubt` is empty, or says what is wrong with it."""

    version: str
    doubt: str = ""


NODE = Lines(("24", "22", "26"), ("25", "23", "21", "20", "18", "16", "14", "12", "10", "8", "6"))
PYTHON = Lines(("3.13", "3.14", "3.12", "3.11"), ("3.10", "3.9", "3.8", "3.7", "3.6"), ("3.6",))
# The pip of 3.6 cannot install into another environment.
PHP = Lines(("8.4", "8.3", "8.5", "8.2"), ("8.1", "8.0", "7.4", "7.3", "7.2"))
RUBY = Lines(("3.4", "3.3", "4.0"), ("3.2", "3.1", "3.0", "2.7", "2.6", "2.5"))
"""As the languages' own calendars have them."""


def quoted(text: str) -> str:
    """What a repository asks for, as a sentence has it: what is cut off shows."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def choose(text: str, lines: Lines) -> Choice:
    """The best line that satisfies a range in npm's, Python's or Composer's words, or an exact version.

    Where no maintained one does, the newest that once was; the default, with a doubt, for nonsense.
    """
    text, default = text.strip(), lines.maintained[0]
    if text in _ANY:
        return Choice(default)
    ranges = re.split(r"\|\|?", text) if len(text) <= _LONGEST else []
    alternatives = [bounds for each in ranges if (bounds := _bounds(each)) is not None]
    if not alternatives:
        return Choice(default, "what the repository asks for is no range of versions")
    for each in alternatives:
        if len(each) == 1 and each[0][0] == "=" and len(each[0][1]) == 3:
            return _exact(each[0][1], lines)
    for some in (lines.maintained, lines.ended):
        if found := _whole(alternatives, some) or _within(alternatives, some):
            line = found if found in some else found.rpartition(".")[0]
            return Choice(found, "" if some is lines.maintained else lines.doubt(line))
    return Choice(default, "no version that exists satisfies what the repository asks for")


def _exact(wanted: Version, lines: Lines) -> Choice:
    line = ".".join(map(str, wanted[: lines.maintained[0].count(".") + 1]))
    return Choice(".".join(map(str, wanted)), "" if line in lines.maintained else lines.doubt(line))


def _whole(alternatives: Sequence[Sequence[Bound]], lines: Sequence[str]) -> str:
    """The first of these lines whose newest version satisfies."""
    newest = (each for each in lines if any(_satisfied(_numbers(each), bounds) for bounds in alternatives))
    return next(newest, "")


def _within(alternatives: Sequence[Sequence[Bound]], lines: Sequence[str]) -> str:
    """The newest version inside of one of these lines, where less than a line is asked for: `~22.3`."""
    for line in lines:
        depth = line.count(".") + 2
        for bounds in alternatives:
            near = {_beside(bound, depth) for bound in bounds if len(bound[1]) >= depth}
            inside = sorted(each for each in near if ".".join(map(str, each[:-1])) == line)
            fitting = [each for each in inside if min(each) >= 0 and _satisfied(each, bounds)]
            if fitting:
                return ".".join(map(str, fitting[-1]))
    return ""


def _beside(bound: Bound, depth: int) -> Version:
    """The version that a bound names to that depth, or the one below what it shuts out."""
    wanted = bound[1][:depth]
    return (*wanted[:-1], wanted[-1] - 1) if bound[0] == "<" else wanted


def _bounds(text: str) -> list[Bound] | None:
    """Bounds that hold together; None when it is no range."""
    text = text.strip()
    if text in _ANY:
        return []
    between = re.fullmatch(rf"v?({_NUMBERS})\S*\s+-\s+v?({_NUMBERS})\S*", text)
    if between:
        return [(">=", _numbers(between[1])), _bound("<=", _numbers(between[2]))]
    found: list[Bound] = []
    while text:
        match = _BOUND.match(text)
        if match is None:
            return None
        found.append(_bound(match[1] or "=", _numbers(match[2])))
        text = text[match.end() :].lstrip(" \t,")
    return found


def _bound(operator: str, wanted: Version) -> Bound:
    """A bound; `<22.99` is `<=22`: nines stand for whatever comes, and no version has them."""
    endless = next((place for place, each in enumerate(wanted) if place and each in _NINES), 0)
    return ("<=", wanted[:endless]) if endless and operator in {"<", "<="} else (operator, wanted)


def _numbers(text: str) -> Version:
    return tuple(int(each) for each in text.split(".")[:3])


def _satisfied(line: Version, bounds: Sequence[Bound]) -> bool:
    return all(_holds((*line, _LATEST, _LATEST)[:3], operator, wanted) for operator, wanted in bounds)


def _holds(newest: Version, operator: str, wanted: Version) -> bool:
    begins = newest[: len(wanted)] == wanted or _reaches(newest, wanted)
    match operator:
        case ">=":
            return newest >= wanted
        case ">":
            return newest > wanted and newest[: len(wanted)] != wanted
        case "<":
            return newest < wanted
        case "<=":
            return newest[: len(wanted)] <= wanted
        case "!=":
            return not begins or len(wanted) == 3
        case "^":
            return newest >= wanted and newest[0] == wanted[0]
        case "~" | "~>" | "~=":
            same = max(1, len(wanted) - 1) if operator != "~" else min(2, len(wanted))
            return newest >= wanted and newest[:same] == wanted[:same]
        case _:
            return newest[: len(wanted)] == wanted or (len(wanted) == 3 and begins)


def _reaches(newest: Version, wanted: Version) -> bool:
    """Whether an exact version lies in the line whose newest is given."""
    return all(one in (_LATEST, other) for one, other in zip(newest, wanted, strict=False))
