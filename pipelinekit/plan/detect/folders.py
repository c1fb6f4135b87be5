"""The folders of a workspace's members: which a pattern names, and what is in one."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from pipelinekit.plan.detect.signs import Texts

_MOST = 50
"""So many patterns of a workspace are tried; of folders' own names there may be any number."""


def below(texts: Texts, folder: str) -> dict[str, str]:
    """A member's own files, as if it stood alone."""
    prefix = f"{folder}/"
    return {path.removeprefix(prefix): text for path, text in texts.items() if path.startswith(prefix)}


def naming(patterns: Iterable[str]) -> Callable[[str], bool]:
    """What says whether one of the patterns names a folder; it takes a moment, however many there are."""
    every = {posixpath.normpath(each.strip() or "."): None for each in patterns}
    tried = [each for each in every if any(mark in each for mark in "*?[")][:_MOST]
    return lambda folder: folder in every or any(fits(each, folder) for each in tried)


def fits(pattern: str, folder: str) -> bool:
    """Whether a pattern names a folder: `*` is some letters of a name, `**` any folders.

    It takes time by the lengths of both, whatever stands there.
    """
    parts = posixpath.normpath(pattern.strip() or ".").split("/")
    reached = _onwards({0}, parts)
    for name in folder.split("/"):
        passed = {each for each in reached if each < len(parts) and _is_part(parts[each], name)}
        reached = _onwards({each if parts[each] == "**" else each + 1 for each in passed}, parts)
    return len(parts) in reached


def _is_part(part: str, name: str) -> bool:
    return part == "**" or fnmatchcase(name, part)


def _onwards(reached: set[int], parts: list[str]) -> set[int]:
    """The same with those that are reached without a name: `**` may be no folder at all."""
    found = set(reached)
    for each, part in enumerate(parts):
        if each in found and part == "**":
            found.add(each + 1)
    return found
