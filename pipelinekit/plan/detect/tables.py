"""Somebody else's TOML: whatever is in it, it is a mapping."""

from __future__ import annotations

import tomllib
from typing import Any


def toml_of(text: str) -> dict[str, Any]:
    """A TOML text's data; empty for what is none."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    # A number of too many digits is no fault of the syntax to Python.
    except (ValueError, RecursionError):
        return {}
