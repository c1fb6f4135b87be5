"""Nexus' Content Selector Expression Language, as Sonatype's pages describe it.

`==` and `!=` compare, `=^` compares the beginning, `=~` holds a regular expression against the whole text;
`and`, `or`, `not` (also `&&`, `||`, `!`) and brackets join; `format` and `path` are what is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

Test = Callable[[Mapping[str, str]], bool]
_TOKEN = re.compile(r"""\s*(?:("[^"]*"|'[^']*')|(==|!=|=\^|=~|&&|\|\||[()!])|([A-Za-z][A-Za-z0-9_.]*))""")
_WORDS = {"&&": "and", "||": "or", "!": "not"}


class Invalid(Exception):
    """Not an expression."""


def matches(expression: str, form: str, path: str) -> bool:
    """Whether the expression selects what is at `path` of a repository of that format."""
    return parse(expression)({"format": form, "path": path})


def parse(expression: str) -> Test:
    """The expression as a function; raises `Invalid`."""
    tokens = list(_tokens(expression.strip()))
    test = _or(tokens)
    if tokens:
        raise Invalid(f"left over: {tokens}")
    return test


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Invalid(text[at:])
        token = match[1] or match[2] or match[3]
        yield _WORDS.get(token, token)
        at = match.end()


def _or(tokens: list[str]) -> Test:
    parts = [_and(tokens)]
    while tokens and tokens[0] == "or":
        tokens.pop(0)
        parts.append(_and(tokens))
    return lambda of: any(each(of) for each in parts)


def _and(tokens: list[str]) -> Test:
    parts = [_one(tokens)]
    while tokens and tokens[0] == "and":
        tokens.pop(0)
        parts.append(_one(tokens))
    return lambda of: all(each(of) for each in parts)


def _one(tokens: list[str]) -> Test:
    head = tokens.pop(0) if tokens else ""
    if head == "not":
        inner = _one(tokens)
        return lambda of: not inner(of)
    if head == "(":
        inner = _or(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise Invalid("a bracket is open")
        return inner
    if head not in ("format", "path") or len(tokens) < 2:
        raise Invalid(f"unknown: {head}")
    operator, literal = tokens.pop(0), tokens.pop(0)
    if literal[0] not in "\"'":
        raise Invalid(f"no text: {literal}")
    return _comparison(head, operator, literal[1:-1])


def _comparison(name: str, operator: str, text: str) -> Test:
    if operator == "==":
        return lambda of: of[name] == text
    if operator == "!=":
        return lambda of: of[name] != text
    if operator == "=^":
        return lambda of: of[name].startswith(text)
    if operator == "=~":
        pattern = re.compile(text)
        return lambda of: pattern.fullmatch(of[name]) is not None
    raise Invalid(f"no operator: {operator}")
