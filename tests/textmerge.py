"""A merge of three texts by lines, in place of git's: same port, same markers, no process."""

from __future__ import annotations

from difflib import SequenceMatcher

Edit = tuple[int, int, list[str]]
"""Lines `low` to `high` of the base, and what stands in their place."""


class LineMerge:
    """Edits that touch each other are a conflict unless they are the same, as git has it."""

    def merge(self, base: str, theirs: str, new: str) -> tuple[str, bool]:
        """The merged text, and whether it is free of conflicts."""
        old, mine, generated = (text.splitlines(keepends=True) for text in (base, theirs, new))
        sides = (_edits(old, mine), _edits(old, generated))
        merged: list[str] = []
        clean, at = True, 0
        for low, high in _clusters(sides):
            merged += old[at:low]
            ours, others = (_applied(old, low, high, edits) for edits in sides)
            if ours == others or others == old[low:high]:
                merged += ours
            elif ours == old[low:high]:
                merged += others
            else:
                merged += [
                    "<<<<<<< yours\n",
                    *_whole(ours),
                    "=======\n",
                    *_whole(others),
                    ">>>>>>> generated\n",
                ]
                clean = False
            at = high
        return "".join(merged + old[at:]), clean


def _edits(old: list[str], changed: list[str]) -> list[Edit]:
    codes = SequenceMatcher(None, old, changed, autojunk=False).get_opcodes()
    return [(low, high, changed[a:b]) for kind, low, high, a, b in codes if kind != "equal"]


def _clusters(sides: tuple[list[Edit], list[Edit]]) -> list[tuple[int, int]]:
    """The ranges of the base that are edited, each with all edits that touch it."""
    clusters: list[tuple[int, int]] = []
    for low, high in sorted((low, high) for edits in sides for low, high, _ in edits):
        if clusters and low <= clusters[-1][1]:
            clusters[-1] = (clusters[-1][0], max(high, clusters[-1][1]))
        else:
            clusters.append((low, high))
    return clusters


def _applied(old: list[str], low: int, high: int, edits: list[Edit]) -> list[str]:
    """The lines that one side has in place of the base's `low` to `high`."""
    lines: list[str] = []
    at = low
    for begin, end, text in edits:
        if low <= begin and end <= high:
            lines += old[at:begin] + text
            at = end
    return lines + old[at:high]


def _whole(lines: list[str]) -> list[str]:
    return [line if line.endswith("\n") else line + "\n" for line in lines]
