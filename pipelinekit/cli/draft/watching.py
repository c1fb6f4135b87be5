"""`draft up --watch`: again with every change, and never silent about what does not run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters import watcher
from pipelinekit.cli import report
from pipelinekit.cli.contexts import context_of
from pipelinekit.cli.draft import rising
from pipelinekit.errors import PipelinekitError
from pipelinekit.reading.docker.dockerignore import read_dockerignore

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.release import Target

ALWAYS = "**/.git\n.pipelinekit\n**/.*.pipelinekit-tmp\n"


def follow(here: Draft, target: Target, asked: rising.Asked) -> None:
    """Bring it up with every change until Ctrl-C; what fails is said, and the next change tries again."""
    folder, counts = watched(here)
    # It watches before it brings up: what changes meanwhile is heard.
    for count in watcher.changes(folder, counts, here.settings.watch_delay, report.say):
        if count:
            report.say(f"{count} paths have changed")
            here = type(here)(here.options, here.words).at(here)
        attempt(here, target, asked)


def watched(here: Draft) -> tuple[Path, Callable[[str], bool]]:
    """The folder that the image is built from, and whether a path in it counts: .draftignore says it of the
    application's own folder, and of what others share with it by the same patterns."""
    text = here.text(".draftignore")
    # Draft's own file has patterns that hold at every depth.
    deep = "".join(f"**/{line}\n" for line in text.splitlines() if line.strip() and "/" not in line)
    ignored = read_dockerignore(text + "\n" + deep + ALWAYS)
    own = here.app.build.folder
    return context_of(here.root, own), lambda each: not ignored.excludes(each.removeprefix(f"{own}/"))


def attempt(here: Draft, target: Target, asked: rising.Asked) -> None:
    """One `up`; its failure ends nothing but itself."""
    try:
        report.now(rising.bring_up(here, target, asked).sentence)
    except PipelinekitError as error:
        report.error(error)
        report.now(f"stale: {target.name} in {target.namespace} is not what the folder holds")
