"""The embedded ledger: a repository of this user, for a terminal whose platform names none."""

from __future__ import annotations

import os
from pathlib import Path

from pipelinekit.adapters import files
from pipelinekit.errors import failed

_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tbare = true
\tfsync = committed,reference
[receive]
\tdenyNonFastForwards = true
\tdenyDeletes = true
\tfsckObjects = true
"""


def folder(name: str) -> Path | None:
    """The embedded ledger of a platform, made unless it is there; None for a user without a home.

    Raises `ToolFailed` when the disk refuses.
    """
    state, home = os.environ.get("XDG_STATE_HOME"), os.environ.get("HOME")
    if not state and not home:
        return None
    path = Path(state or f"{home}/.local/state", "pipelinekit", "ledgers", f"{name}.git")
    try:
        if not (path / "HEAD").exists():
            for part in ("objects", "refs/heads"):
                (path / part).mkdir(parents=True, exist_ok=True)
            files.write_atomic(path / "config", _CONFIG)
            # The last one: whoever is killed before it starts over.
            files.write_atomic(path / "HEAD", "ref: refs/heads/platform\n")
    except OSError as error:
        raise failed(
            "ledger-none",
            f"no ledger can be kept at {path}: {error.strerror}",
            hint="that folder has to be yours to write; XDG_STATE_HOME names another",
        ) from error
    return path
