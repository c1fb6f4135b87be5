"""Words of a Dockerfile as BuildKit expands them: quotes, escapes, variables with their defaults and patterns.

Whoever writes a Dockerfile may let a value double at each line: what grows beyond any name is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.reading.globs import Glob

LONGEST = 4_096
"""Characters of a value: no reference to an image comes near."""
DEEPEST = 20
"""Variables inside each other's defaults."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")


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
            return self._next("") or char
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
    matches = _matcher(pattern)
    counts = range(len(value), -1, -1) if longest else range(len(value) + 1)
    for count in counts:
        part = value[:count] if front else value[len(value) - count :]
        if matches(part):
            return value[count:] if front else value[: len(value) - count]
    return value


def _replaced(value: str, pattern: str, by: str, *, everywhere: bool) -> str:
    matches = _matcher(pattern)
    out: list[str] = []
    at = length = 0
    while at < len(value):
        ends = range(len(value), at, -1)
        end = next((each for each in ends if matches(value[at:each])), None) if pattern else None
        part, at = (by, end) if end else (value[at], at + 1)
        out.append(part)
        length += len(part)
        if length > LONGEST:
            raise _grown()
        if end and not everywhere:
            out.append(value[at:])
            break
    return "".join(out)


def _matcher(pattern: str) -> Glob:
    raise NotImplementedError


def _grown() -> DocumentInvalid:
    problem = f"a variable grows beyond {LONGEST} characters, or {DEEPEST} defaults inside each other"
    return DocumentInvalid(Fault("dockerfile-expansion", problem, Place("Dockerfile")))
