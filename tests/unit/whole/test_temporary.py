"""Folders for a moment have one door, which knows what to do when a signal ends us."""

from __future__ import annotations

import re
from pathlib import Path

import pipelinekit

_MADE = re.compile(r"\b(?:TemporaryDirectory|mkdtemp)\(")
DOORS = {"adapters/disk/momentary.py", "adapters/disk/private.py"}


def test_nothing_else_makes_a_temporary_folder() -> None:
    top = Path(pipelinekit.__file__).parent
    makers = {
        str(path.relative_to(top))
        for path in top.rglob("*.py")
        if "data" not in path.relative_to(top).parts and _MADE.search(path.read_text())
    }
    assert makers == DOORS
