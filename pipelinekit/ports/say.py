"""How steps tell what they are doing."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], None]
"""Progress for people: one line of what is going on."""
