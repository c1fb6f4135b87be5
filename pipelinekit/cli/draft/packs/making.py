"""`draft create`, `draft packs` and `draft pack`: where an application's files come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import click

from pipelinekit import __version__, names
from pipelinekit.adapters.disk import files
from pipelinekit.adapters.folder import packaged, packs
from pipelinekit.adapters.folder.drafthome import DraftHome
from pipelinekit.cli.application import newapp
from pipelinekit.cli.application.language import LANGUAGE
from pipelinekit.cli.application.owner import owner
from pipelinekit.cli.application.repository import taking
from pipelinekit.cli.application.repository.asked import Asked
from pipelinekit.cli.draft.options import HOME
from pipelinekit.cli.draft.packs import linting
from pipelinekit.cli.options import JSON
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.counts import counted
from pipelinekit.errors import CheckFailed, usage
from pipelinekit.generators import packs as generated
from pipelinekit.merge.keys import set_keys
from pipelinekit.model.app import Language
from pipelinekit.model.platform.site import Site
from pipelinekit.reading.draft.settings import FILE as TOML
from pipelinekit.reading.draft.tasks import FILE as TASKS
from pipelinekit.render import render

IGNORED = "*.swp\n*.tmp\n*.temp\n.git*\n"


def _toml(name: str) -> str:
    lines = ("[environments]", "  [environments.development]", f"    name = {json.dumps(name)}")
    return "\n".join((*lines, f"    chart = {json.dumps(name)}", ""))


@click.command()
@click.argument("folder", default=".", type=on_disk, metavar="[DIR]")
@click.option("--app", "-a", "name", default="", help="The application's name; else the folder's.")
@click.option("--pack", "-p", default="", help="A pack of $DRAFT_HOME by its name; else what DIR shows.")
@click.option("--language", "-l", type=LANGUAGE, help="What it is written in; else what DIR shows.")
@click.option("--team", metavar="NAME", help="Who owns it; else apps.")
@HOME
def create(folder: str, name: str, pack: str, language: Language | None, team: str | None, home: str) -> None:
    """Make DIR an application that `draft up` takes; nothing that is there is overwritten.

    Without --pack the language is detected and the files are generated, app.yaml included. Where DIR has a
    chart already, that is kept, and what Draft needs beside it is added.

    \b
    Examples:
      pipelinekit draft create
      pipelinekit draft create -a orders --pack python
    """
    if pack and language:
        raise usage("pack-language", "a pack says by itself what it is written in", hint="take one of them")
    root = files.require_folder(Path(folder), option="DIR")
    wanted = name or root.resolve().name
    chosen = wanted.lower()
    if chosen != wanted:
        report.say(f"the application's name is {chosen}: lower-case letters only")
    if not name:
        chosen = names.label_from(chosen, names.APPLICATION_MAX)
    if not chosen:
        problem = f"of the folder's name '{wanted}' comes no application's name"
        raise usage("bad-name", problem, hint="--app NAME says it")
    newapp.check_name(chosen)
    if pack:
        _from_pack(root, chosen, _named(DraftHome(home), pack))
    elif (root / packs.CHARTS).is_dir():
        for option in [word for word, given in (("--language", language), ("--team", team)) if given]:
            report.notice(f"{option} says nothing here: {packs.CHARTS}/ is kept, and no app.yaml written")
        _beside(root, chosen)
    else:
        _detected(root, chosen, language, team)


def _detected(root: Path, name: str, language: Language | None, team: str | None) -> None:
    whose, remark = owner(name, team, "", root)
    asked = Asked(name=name, language=language, team=whose, shown=str(root), then="pipelinekit draft up")
    taking.take_in(root, asked, remark, with_git=False, as_json=False)


def _from_pack(root: Path, name: str, pack: Path) -> None:
    read = packs.read(pack)
    there = (root / packs.CHARTS / name).is_dir()
    if there:
        # Half of one chart in another is neither.
        report.say(f"{'keep':>10}  {packs.CHARTS}/{name}/")
        read = {path: each for path, each in read.items() if not path.startswith(f"{packs.CHARTS}/")}
    written, kept = packs.lay(
        read, root, name, lambda text: set_keys(text, {("name",): name}, "charts/Chart.yaml")
    )
    more, left = _complete(root, name)
    _tell(name, [*written, *more], [*kept, *left])


def _beside(root: Path, name: str) -> None:
    charts = sorted(each.name for each in (root / packs.CHARTS).iterdir() if each.is_dir())
    kept = [f"{packs.CHARTS}/{each}/" for each in charts]
    kept += [each for each in ("Dockerfile", ".dockerignore", "app.yaml") if (root / each).exists()]
    written, left = _complete(root, name if name in charts or not charts else charts[0])
    _tell(name, written, [*kept, *left])


def _complete(root: Path, chart: str) -> tuple[list[str], list[str]]:
    written, kept = [], []
    for path, text in ((TOML, _toml(chart)), (TASKS, generated.TASKS), (".draftignore", IGNORED)):
        if (root / path).exists():
            kept.append(path)
        else:
            files.write_atomic(root / path, text)
            written.append(path)
    return written, kept


def _tell(name: str, written: list[str], kept: list[str]) -> None:
    for path in written:
        report.say(f"{'create':>10}  {path}")
    for path in kept:
        report.say(f"{'keep':>10}  {path}")
    report.result(
        f"{name} is ready for `draft up`: {counted(len(written), 'file')} written, {len(kept)} kept"
    )


def _named(home: DraftHome, name: str) -> Path:
    found = [each for each in home.packs() if each.name.lower() == name.lower()]
    if not found:
        hint = "`draft packs --out ~/.draft/packs/pipelinekit` makes one for each language"
        raise usage("pack-unknown", f"no packs found with name {name}", hint=hint)
    if len(found) > 1:
        hint = "\n".join(map(str, found))
        raise usage("pack-ambiguous", f"multiple packs named {name} found", hint=hint)
    return found[0]


@click.command("packs")
@click.option("--out", required=True, type=on_disk, metavar="DIR", help="Where the pack repository goes.")
def write_packs(out: str) -> None:
    """Write a pack for each language: a repository that classic Draft's loader takes as well.

    \b
    Example:
      pipelinekit draft packs --out ~/.draft/packs/pipelinekit
    """
    root = Path(out).expanduser()
    site = Site(library=__version__)
    for language in generated.languages():
        tree = generated.packed(render(generated.plan(language, site), packaged.templates()))
        texts = {f"packs/{language}/{path}": (file.text, file.executable) for path, file in tree.items()}
        files.write_tree(root, texts)
    report.result(f"{counted(len(generated.languages()), 'pack is', 'packs are')} in {root}/packs")


@click.group()
def pack() -> None:
    """Packs: what `draft create --pack` starts from."""


@pack.command("list")
@HOME
@JSON
def list_packs(home: str, as_json: bool) -> None:
    """List the packs of $DRAFT_HOME.

    \b
    Example:
      pipelinekit draft pack list
    """
    found = [str(each) for each in DraftHome(home).packs()]
    if as_json:
        report.as_json(cast("list[object]", found))
        return
    for each in found:
        report.result(f"{Path(each).name}  {each}")
    if not found:
        report.result("no packs: `draft packs --out ~/.draft/packs/pipelinekit` makes one for each language")


@pack.command()
@click.argument("folder", type=on_disk, metavar="PACK")
@JSON
def lint(folder: str, as_json: bool) -> None:
    """Check a pack: Helm loads it, its pods take Draft's values, no API is one that Kubernetes has removed.

    \b
    Example:
      pipelinekit draft pack lint ~/.draft/packs/pipelinekit/packs/python
    """
    faults = linting.faults_of(files.require_folder(Path(folder), option="PACK"))
    if faults:
        raise CheckFailed(*faults)
    if as_json:
        report.as_json({"pack": folder, "faults": []})
        return
    report.result(f"{folder} is a sound pack")


def created(pack_folder: Path, name: str, sources: Path | None, to: Path) -> None:
    """An application from a pack in the folder `to`, around `sources`."""
    if sources:
        for path, (content, executable) in packs.read(sources).items():
            files.write_atomic(to / path, content, mode=0o755 if executable else 0o644)
    _from_pack(to, name, pack_folder)
