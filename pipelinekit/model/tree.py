"""Generated files: planned, then rendered into a `Tree`; nothing here has touched a disk yet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache
from typing import Any

from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """One file that should exist: where, made from which template, with which inputs.

    `path` is relative to the application's folder, with `/`. A template whose name does not end in
    `.j2` is copied as it is and takes no inputs.
    """

    path: str
    template: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    executable: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file's text (with `\\n` line ends) and whether it may be executed."""

    text: str
    executable: bool = False

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the UTF-8 text."""
        return _digest(self.text)


@lru_cache(maxsize=512)
def _digest(text: str) -> str:
    # Most files of a fleet are the same texts again and again: the templates that are copied as they are.
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


Tree = Mapping[str, File]
"""Path to file, relative to the application's folder."""

_GENERATED = re.compile(
    r"Jenkinsfile|Dockerfile(\.dockerignore)?|nginx\.conf|platform\.init\.gradle|draft\.toml|\.(dockerignore|draftignore|draft-tasks\.toml)"
    r"|\.pipelinekit/app\.schema\.json"
    r"|charts/[a-z][a-z0-9-]{0,62}/(templates/(tests/)?)?[A-Za-z0-9_.][A-Za-z0-9_.-]{0,99}"
)
_PASSED_OVER = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
"""What a Mac's disk does not see in a name."""


def can_be_generated(path: str) -> bool:
    """Whether a generator can have made a file at `path`: where others are is nobody's to say."""
    return _GENERATED.fullmatch(path) is not None and not path.endswith(("/.", "/..")) and not is_gits(path)


def is_gits(path: str) -> bool:
    """Whether some disk takes a part of `path` for `.git`: in other letters, its short name, a stream."""
    if path.isascii() and "git" not in path.lower():
        return False
    parts = re.split(r"[/\\]", _PASSED_OVER.sub("", path).lower())
    return any(re.fullmatch(r"(\.git|git~[0-9]+)[ .]*", each.partition(":")[0]) for each in parts)
