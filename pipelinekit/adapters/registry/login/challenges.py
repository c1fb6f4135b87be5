"""What a 401 asks for: the challenges of `WWW-Authenticate` (RFC 9110, 11.6.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PART = re.compile(
    rf"[\s,]*(?:(?P<name>{_WORD})[ \t]*=[ \t]*"
    rf'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>{_WORD}))(?=[\s,]|\Z)'
    rf"|(?P<scheme>{_WORD})(?:[ \t]+(?P<token68>[A-Za-z0-9._~+/-]+=*)(?=[ \t]*(?:,|\Z)))?(?=[\s,]|\Z))"
)


def challenges(header: str) -> dict[str, Mapping[str, str]]:
    """The parameters of each scheme, both in lower case; the first of several of one scheme counts.

    Several headers are one, joined by commas. What cannot be read ends the list.
    """
    found: dict[str, Mapping[str, str]] = {}
    current: dict[str, str] = {}
    at = 0
    while match := _PART.match(header, at):
        at = match.end()
        if match["scheme"]:
            current = {}
            found.setdefault(match["scheme"].lower(), current)
        else:
            value = match["bare"] if match["quoted"] is None else re.sub(r"\\(.)", r"\1", match["quoted"])
            current.setdefault(match["name"].lower(), value)
    return found
