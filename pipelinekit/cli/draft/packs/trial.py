"""`draft pack test`: an application from a pack, built, deployed and taken away again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from pipelinekit.adapters.disk import files, momentary
from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.options import draft
from pipelinekit.cli.draft.packs import linting, making
from pipelinekit.cli.draft.rise import ground, rising
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.errors import CheckFailed, usage
from pipelinekit.generators.packs import NAME, PORT, languages
from pipelinekit.generators.skeleton import plan_skeleton
from pipelinekit.model.app import Language
from pipelinekit.render import render


@click.command("test")
@click.argument("folder", type=on_disk, metavar="PACK")
@draft(
    click.option(
        "--source", default="", type=on_disk, metavar="DIR", help="Sources; else those of a new application."
    ),
    click.option("--timeout", default=300, show_default=True, type=click.IntRange(1, 7200), help="Seconds."),
    path="",
)
def test_pack(here: Draft, folder: str, source: str, timeout: int) -> None:
    """Make an application from a pack, run it in your namespace until it is ready, and take it away again.

    \b
    Example:
      pipelinekit draft pack test ~/.draft/packs/pipelinekit/packs/python
    """
    pack = files.require_folder(Path(folder), option="PACK")
    if faults := linting.faults_of(pack):
        raise CheckFailed(*faults)
    with momentary.folder() as scratch:
        root = Path(scratch, NAME)
        root.mkdir()
        _sources(root, pack, source)
        making.created(pack, NAME, Path(source) if source else None, root)
        trial = Draft(replace(here.options, path=str(root)), here.words)
        with trial.pinned() as target:
            # Before there is anything to take away: what is somebody else's stays.
            ground.whose(trial, target)
            try:
                outcome = rising.bring_up(trial, target, rising.Asked(timeout=timeout))
            finally:
                trial.releases.remove(target, timeout)
                if trial.own and not trial.releases.names(target):
                    trial.places.remove(target)
    report.result(f"{folder} works: {outcome.tag[:12]} was ready in {outcome.namespace}, and is gone")


def _sources(root: Path, pack: Path, source: str) -> None:
    if source:
        return
    known: dict[str, Language] = {each: each for each in languages()}
    if pack.name not in known:
        problem = f"of {pack.name} no sources are known"
        raise usage("no-sources", problem, hint="--source DIR brings some")
    from pipelinekit.adapters.folder import packaged
    from pipelinekit.generators.languages import DEFAULTS

    language = known[pack.name]
    tree = render(plan_skeleton(NAME, language, PORT, DEFAULTS[language].version), packaged.templates())
    files.write_tree(root, {path: (file.text, file.executable) for path, file in tree.items()})


pack = making.pack
"""The group, with this verb in it."""
pack.add_command(test_pack)
