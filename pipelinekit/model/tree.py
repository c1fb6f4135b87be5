"""Generated files: planned, then rendered into a `Tree`; nothing here has touched a disk yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any


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
