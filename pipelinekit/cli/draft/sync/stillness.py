"""A folder that many write to at once, until it is still: a checkout is one batch, and no half of one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelinekit.model.sources import Look
    from pipelinekit.ports import LocalSources

LONGEST = 30.0
"""Seconds that are waited for a folder to be still."""


def still(folder: LocalSources, root: Path, seconds: float) -> Look:
    """The folder, once it stays as it is for so many seconds."""
    until, before = time.monotonic() + LONGEST, folder.look()
    while True:
        time.sleep(seconds)
        now = folder.look()
        if (now == before and not checking_out(root)) or time.monotonic() > until:
            return now
        before = now


def checking_out(root: Path) -> bool:
    """Whether git changes files below the folder, or around it, at this moment."""
    folders = (root, *root.resolve().parents)
    return any((each / ".git" / "index.lock").exists() for each in folders)
