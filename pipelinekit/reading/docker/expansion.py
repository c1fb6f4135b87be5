"""Words of a Dockerfile as BuildKit expands them: quotes, escapes, variables, defaults and patterns.

Whoever writes a Dockerfile may let a value double at each line: what grows beyond any name is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelinekit.errors import DocumentInvalid, Fault, Place

LONGEST = 4_096
"""Characters of a value: no reference to an image comes near."""
TRIMMED = 256
"""Characters of a value that a pattern is taken off, and of the pattern."""
DEEPEST = 20
"""Variables inside each other's defaults."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]")


def expand(text: str, values: Mapping[str, str], escape: str = "\\") -> str:
    """`text` without its quotes, with variables filled in; an unknown one is empty.

    What is no word of a shell (a quote or a brace that is not closed) stays as it is written: the builder
    refuses it. Raises `DocumentInvalid` for what grows beyond `LONGEST`.
    """
    try:
        return _Word(text, values, escape).read()
    except _Unfinished:
        return text


class _Unfinished(Exception):
    """A quote or a brace is not closed."""


class _Word:
    def __init__(self, text: str, values: Mapping[str, str], escape: str) -> None:
        self.text = text
        self.values = values
        self.escape = escape
        self.at = 0
        self.depth = 0

    def read(self, until: str = "") -> str:
        """Up to the character `until` outside of quotes, which is read as well, or to the end."""
        out: list[str] = []
        length = 0
        while True:
            char = self._next(until)
            if char == until:
                break
            part = self._part(char)
            length += len(part)
            if length > LONGEST:
                raise _grown()
            out.append(part)
        return "".join(out)

    def _next(self, until: str) -> str:
        if self.at >= len(self.text):
            if until:
                raise _Unfinished
            return ""
        self.at += 1
        return self.text[self.at - 1]

    def _part(self, char: str) -> str:
        if char == "'":
            end = self.text.find("'", self.at)
            if end < 0:
                raise _Unfinished
            inner, self.at = self.text[self.at : end], end + 1
            return inner
        if char == '"':
            return self._double()
        if char == "$":
            return self._dollar()
        if char == self.escape:
            return self._next("")
        return char

    def _double(self) -> str:
        out: list[str] = []
        while (char := self._next('"')) != '"':
            if char == self.escape and self.text[self.at : self.at + 1] in {'"', "$", self.escape}:
                char = self._next('"')
            elif char == "$":
                char = self._dollar()
            out.append(char)
        return "".join(out)

    def _dollar(self) -> str:
        if not self.text.startswith("{", self.at):
            name = _NAME.match(self.text, self.at)
            if name is None:
                return "$"
            self.at = name.end()
            return self.values.get(name[0], "")
        name = _NAME.match(self.text, self.at + 1)
        if name is None:
            raise _Unfinished
        self.at = name.end()
        self.depth += 1
        if self.depth > DEEPEST:
            raise _grown()
        value = self._modified(name[0])
        self.depth -= 1
        return value

    def _modified(self, name: str) -> str:
        value = self.values.get(name)
        sign = self._next("}")
        if sign == "}":
            return value or ""
        if sign == ":":
            # The colon makes an empty value as good as none.
            value = value or None
            sign = self._next("}")
        if sign in "+-?":
            word = self.read("}")
            if sign == "+":
                return "" if value is None else word
            return (word if sign == "-" else "") if value is None else value
        if sign in "%#":
            longest = self.text.startswith(sign, self.at)
            self.at += longest
            return _trimmed(value or "", self.read("}"), front=sign == "#", longest=longest)
        if sign == "/":
            everywhere = self.text.startswith("/", self.at)
            self.at += everywhere
            return _replaced(value or "", self.read("/"), self.read("}"), everywhere=everywhere)
        raise _Unfinished


def _trimmed(value: str, pattern: str, *, front: bool, longest: bool) -> str:
    """`value` without the shortest or longest beginning (or end) that the pattern matches."""
    if front:
        lengths = _accepted(value, pattern)
        return value[(lengths[-1] if longest else lengths[0]) :] if lengths else value
    return _trimmed(value[::-1], pattern[::-1], front=True, longest=longest)[::-1]


def _replaced(value: str, pattern: str, by: str, *, everywhere: bool) -> str:
    if not pattern:
        return by + by.join(value) + by if everywhere else by + value
    out: list[str] = []
    at = length = 0
    while at < len(value):
        lengths = [each for each in _accepted(value[at:], pattern) if each]
        part, step = (by, lengths[-1]) if lengths else (value[at], 1)
        at += step
        out.append(part)
        length += len(part)
        if length > LONGEST:
            raise _grown()
        if lengths and not everywhere:
            out.append(value[at:])
            break
    return "".join(out)


def _accepted(value: str, pattern: str) -> list[int]:
    """How long those beginnings of `value` are that the pattern (`*` and `?`) matches, the shortest first."""
    if len(value) > TRIMMED or len(pattern) > TRIMMED:
        raise _grown()
    end = 1 << len(pattern)
    stars = sum(1 << at for at, char in enumerate(pattern) if char == "*")
    state, found = _past_stars(1, pattern), []
    for at in range(len(value) + 1):
        if state & end:
            found.append(at)
        if at == len(value) or not state:
            break
        takes = sum(1 << place for place, char in enumerate(pattern) if char in {"?", value[at]})
        state = _past_stars((state & takes & ~stars) << 1 | state & stars, pattern)
    return found


def _past_stars(state: int, pattern: str) -> int:
    for at, char in enumerate(pattern):
        if char == "*" and state >> at & 1:
            state |= 0b10 << at
    return state


def _grown() -> DocumentInvalid:
    problem = f"a variable grows beyond {LONGEST} characters, or {DEEPEST} defaults inside each other"
    return DocumentInvalid(Fault("dockerfile-expansion", problem, Place("Dockerfile")))
