"""The group `draft`, and the console script of that name."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import click

from pipelinekit import __version__
from pipelinekit.cli.lazy import Later
from pipelinekit.cli.output import report

VERBS = {
    "create": "draft.packs.making:create",
    "up": "draft.up:up",
    "connect": "draft.connecting:connect",
    "status": "draft.seen:status",
    "history": "draft.seen:history",
    "logs": "draft.seen:logs",
    "diff": "draft.seen:diff",
    "delete": "draft.seen:delete",
    "reap": "draft.reaping:reap",
    "pack": "draft.packs.trial:pack",
    "packs": "draft.packs.making:write_packs",
    "config": "draft.config:config",
}
"""Where each verb is, below `pipelinekit.cli`: one needs not what the others do."""


@click.group(commands=Later(VERBS))
def draft() -> None:
    """Your sources, running in a namespace of your own, seconds after you change them.

    The files are classic Draft's: draft.toml, .draft-tasks.toml, charts/, packs. docs/draft.md says what is
    kept, mended and dropped.
    """


@draft.command()
def version() -> None:
    """Show the version, and which other `draft` is on the PATH.

    \b
    Example:
      pipelinekit draft version
    """
    report.result(f"draft of pipelinekit {__version__}")
    for other in others():
        report.notice(f"{other} is another `draft`; `pipelinekit draft` is always this one")


def others() -> list[str]:
    """The programs named `draft` on the PATH that are not this one."""
    ours = Path(sys.executable).parent / "draft"
    found = []
    for folder in dict.fromkeys(os.environ.get("PATH", "").split(os.pathsep)):
        path = shutil.which("draft", path=folder) if folder else None
        if path and not (ours.exists() and Path(path).samefile(ours)):
            found.append(path)
    return found


def entry() -> NoReturn:
    """The console script `draft`."""
    from pipelinekit.cli import main

    sys.argv[1:1] = ["draft"]
    main.entry()
