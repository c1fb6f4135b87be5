"""What Groovy makes of a text: its unicode escapes, and the string literals in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "\\": "\\", "'": "'", '"': '"', "$": "$"}


def literals(text: str) -> Iterator[str]:
    """Every single-quoted string of a text, decoded; comments and code between them are passed over.

    Raises `ValueError` where Groovy would not compile or would interpolate: a character outside ASCII, a
    double-quoted string, an unknown escape, a line break or the end of the text inside a string.
    """
    if not text.isascii():
        raise ValueError("not ASCII")
    text = _unicode(text)
    at = 0
    while at < len(text):
        if text.startswith("//", at):
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
        elif text.startswith("'''", at):
            value, at = _string(text, at + 3, "'''")
            yield value
        elif text[at] == "'":
            value, at = _string(text, at + 1, "'")
            yield value
        elif text[at] == '"':
            raise ValueError("a string that interpolates")
        else:
            at += 1


def _unicode(text: str) -> str:
    """Unicode escapes come before the lexer; a backslash that is itself escaped begins none."""
    units = re.sub(
        r"\\(?:\\|u+([0-9A-Fa-f]{4}))", lambda found: chr(int(found[1], 16)) if found[1] else found[0], text
    )
    return units.encode("utf-16", "surrogatepass").decode("utf-16")


def _string(text: str, at: int, quote: str) -> tuple[str, int]:
    value = []
    while not text.startswith(quote, at):
        if at >= len(text) or (text[at] in "\n\r" and quote == "'"):
            raise ValueError("a string that does not end")
        if text[at] == "\\":
            if text[at + 1] not in _ESCAPES:
                raise ValueError(f"unknown escape {text[at : at + 2]!r}")
            value.append(_ESCAPES[text[at + 1]])
            at += 2
        else:
            value.append(text[at])
            at += 1
    return "".join(value), at + len(quote)
