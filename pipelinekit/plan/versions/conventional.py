"""Conventional commits: what a commit's message says about the version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

_HEADER = re.compile(r"(?P<kind>[A-Za-z]+)(?:\([^()\n]*\))?(?P<breaking>!)?: \S")
_BREAKING = re.compile(r"^BREAKING[ -]CHANGE: \S", re.MULTILINE)


class Bump(IntEnum):
    """Which part of a version moves on; the greatest one of several commits counts."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


def bump_of(message: str) -> Bump:
    """What one commit asks for: a feature the minor number, a breaking change the major one, else a patch.

    A message that follows no convention is a patch as well: something changed, and it needs a version.
    """
    header = _HEADER.match(message)
    if _BREAKING.search(message) or (header and header["breaking"]):
        return Bump.MAJOR
    if header and header["kind"].lower() == "feat":
        return Bump.MINOR
    return Bump.PATCH


def advance(version: tuple[int, int, int], messages: Sequence[str]) -> tuple[int, int, int]:
    """The version after those commits, oldest first: each of them moves it on.

    So every commit has a version of its own, and none is ever given twice. Before 1.0.0 a breaking change
    moves the minor number: 1.0.0 is a promise that somebody makes with a tag.
    """
    major, minor, patch = version
    for message in messages:
        bump = bump_of(message)
        if bump is Bump.MAJOR and major:
            major, minor, patch = major + 1, 0, 0
        elif bump is Bump.MAJOR or bump is Bump.MINOR:
            minor, patch = minor + 1, 0
        else:
            patch += 1
    return major, minor, patch
