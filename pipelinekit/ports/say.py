"""How steps tell what they are doing."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], None]
"""Progress for people: one line of what is going on."""

Live = Callable[[str], None]
"""How far something is at this moment, for whoever looks on: the next one takes its place."""


def nobody(text: str) -> None:
    """A `Live` without anybody who looks on."""
    del text
