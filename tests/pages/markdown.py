"""Markdown that says what it was given: cells and tables."""

from __future__ import annotations

from collections.abc import Iterable


def cell(text: str) -> str:
    """A text in one cell: on one line, no bar of which ends the cell."""
    return " ".join(text.split()).replace("|", "\\|")


def prose(text: str) -> str:
    """Words outside of code, on one line: what looks like a tag is none."""
    return cell(text).replace("<", "\\<")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; the cells are ready."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
