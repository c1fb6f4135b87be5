"""The group `draft`, and the console script of that name."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import click

from pipelinekit import __version__
from pipelinekit.cli import report
from pipelinekit.cli.draft.config import config
from pipelinekit.cli.draft.connecting import connect
from pipelinekit.cli.draft.packs.making import create, pack, write_packs
from pipelinekit.cli.draft.packs.trial import test_pack
from pipelinekit.cli.draft.reaping import reap
from pipelinekit.cli.draft.seen import delete, diff, history, logs, status
from pipelinekit.cli.draft.up import up


@click.group()
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


pack.add_command(test_pack)
for each in (create, up, connect, status, history, logs, diff, delete, reap, pack, write_packs, config):
    draft.add_command(each)


def entry() -> NoReturn:
    """The console script `draft`."""
    from pipelinekit.cli import main

    sys.argv[1:1] = ["draft"]
    main.entry()
