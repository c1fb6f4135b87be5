"""What stands at a JSON pointer (RFC 6901) in what was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MISSING: Final = object()
"""Nothing stands there."""


def at(body: object, pointer: str) -> object:
    """What stands at the pointer, or `MISSING`."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(body, Mapping) and key in body:
            body = body[key]
        elif isinstance(body, list) and key.isdigit() and int(key) < len(body):
            body = body[int(key)]
        else:
            return MISSING
    return body
