"""The verb `new-app`: an application from nothing, or around an existing repository."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from pipelinekit import names
from pipelinekit.adapters import files
from pipelinekit.adapters.folder import packaged
from pipelinekit.adapters.source import worktree
from pipelinekit.cli import report
from pipelinekit.cli.application import generate, present, takein
from pipelinekit.cli.application.language import LANGUAGE
from pipelinekit.cli.options import PLATFORM
from pipelinekit.cli.wiring import Line, Options
from pipelinekit.errors import Fault, Place, Refused, usage
from pipelinekit.generators import languages
from pipelinekit.generators.skeleton import plan_descriptor, plan_skeleton
from pipelinekit.model.app import LANGUAGES, Language
from pipelinekit.model.tree import Tree
from pipelinekit.reading.app import FILE, read_app
from pipelinekit.render import render
from pipelinekit.steps.generate import apply_generation


@click.command("new-app")
@click.argument("name")
@click.option("--language", "-l", type=LANGUAGE, help="What it is written in.")
@click.option("--team", default="apps", show_default=True, help="Who owns it.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="What it listens on (8080, or what the source shows)."
)
@click.option(
    "--from",
    "existing",
    default="",
    metavar="DIR",
    help="An existing repository: nothing of it is overwritten, and no skeleton is added.",
)
@click.option(
    "--package",
    default="",
    metavar="WHAT",
    help="With --from: which of several programs it is, a package, module, project or main class.",
)
@click.option(
    "--keep",
    multiple=True,
    metavar="KIND",
    help="Yours for good: chart, jenkinsfile, dockerfile, draft; several times, or with commas between.",
)
@click.option(
    "--service",
    default="",
    metavar="DIR",
    help="With --from: the member of a workspace that is the application.",
)
@click.option("--git/--no-git", "with_git", default=True, help="Make the new folder a git repository.")
@PLATFORM
def new_app(
    name: str,
    language: Language | None,
    team: str,
    port: int | None,
    existing: str,
    package: str,
    keep: tuple[str, ...],
    service: str,
    with_git: bool,
    platform: str,
) -> None:
    """Make the application NAME in a new folder of that name, ready to run and to deploy.

    \b
    Examples:
      pipelinekit new-app orders --language python --team payments
      pipelinekit new-app orders --language go --from . --keep dockerfile,chart
    """
    check_name(name)
    if not names.is_label(team, names.APPLICATION_MAX):
        raise usage("bad-name", f"{team[:60]!r} cannot be a team's name", hint=names.LABEL_RULE)
    kinds = _kinds(keep, existing)
    folder = Path(existing or name)
    if existing:
        files.require_folder(folder, option="--from")
    present.require_same(folder, name, language)
    named = takein.Named(package=package, service=service.strip("/"), port=port, chart="chart" in kinds)
    seen = takein.look_around(folder, name, language, named) if existing else None
    chosen = language or (seen.language if seen else None)
    if chosen is None:
        hint = f"--language {'|'.join(LANGUAGES)}"
        raise usage("language-missing", f"what is {name} written in?", hint=hint)
    # A chart of its own stands in app.yaml, and no generated one beside it.
    chart = takein.own_chart(folder, name) if named.chart else None
    kinds = [each for each in kinds if each != "chart"]
    if seen and seen.keeps_dockerfile and chosen != "dockerfile":
        kinds.append("dockerfile")
        report.say("ours as a diff: pipelinekit generate --take new Dockerfile --diff")
    if chosen == "python" and not existing and names.shadows_python(name):
        raise usage(
            "bad-name",
            f"a Python application cannot be named {name}: Python has a module of that name",
            hint=f"perhaps {name[: names.APPLICATION_MAX - 4]}-app",
        )
    tree = (
        takein.describe(name, team, chosen, port, seen, chart)
        if existing
        else _made_anew(name, team, chosen, port or languages.DEFAULT_PORT)
    )
    _write_absent(folder, tree, existing=bool(existing))
    if with_git and worktree.init(folder):
        report.say(f"a git repository in {folder}/, branch main")
    here = Line(Options(path=str(folder), platform=platform))
    generation = generate.plan(here, generate.read_decisions(here, (), kinds, ()))
    apply_generation(generation, here.workspace)
    for change in generation.changes:
        report.say(f"{change.outcome:>10}  {change.path}")
    report.result(_what_next(folder, name, chosen, len(seen.doubts) if seen else 0))
    if generation.unsettled:
        raise Refused(*(generate.unsettled_fault(each) for each in generation.unsettled))


def _kinds(keep: Iterable[str], existing: str) -> list[str]:
    known = ("chart", "jenkinsfile", "dockerfile", "draft")
    kinds = generate.words(keep)
    for each in kinds:
        if each not in known:
            raise usage(
                "keep-unknown", f"--keep {each}: there is no such kind", hint=f"known are {', '.join(known)}"
            )
    if kinds and not existing:
        raise usage("keep-nothing", "--keep is about what is there already", hint="--from DIR names it")
    return kinds


def _made_anew(name: str, team: str, language: Language, port: int) -> Tree:
    """The descriptor and the skeleton of a new application."""
    descriptor = plan_descriptor(name, team, language, port)
    described = read_app(render([descriptor], packaged.templates())[FILE].text)
    version = languages.resolved(described).version
    return render([descriptor, *plan_skeleton(name, language, port, version)], packaged.templates())


def _write_absent(folder: Path, tree: Tree, *, existing: bool) -> None:
    """Write the files; one that is there with another content stops it before anything is written.

    What an interrupted run has written is the same, so that running it again completes it.
    """
    present = files.read_texts(folder, tree) if folder.exists() else {}
    if existing and FILE in present:
        # An existing descriptor is the user's, and the rest follows from it.
        tree = {path: file for path, file in tree.items() if path != FILE}
        present.pop(FILE)
    faults = [
        Fault("would-overwrite", "is there already, with another content", Place(str(folder / path)))
        for path, text in present.items()
        if text != tree[path].text
    ]
    if faults:
        last = replace(faults[-1], hint="nothing was written; --from DIR takes an existing repository in")
        raise Refused(*faults[:-1], last)
    missing = {path: file for path, file in tree.items() if path not in present}
    files.write_tree(folder, {path: (file.text, file.executable) for path, file in missing.items()})
    for path in missing:
        report.say(f"{'create':>10}  {path}")


def _what_next(folder: Path, name: str, language: str, doubts: int) -> str:
    step = "" if str(folder) == "." else f"cd {folder} && "
    state = "is ready" if not doubts else f"is taken in, with {doubts} to check (marked in {FILE}),"
    return (
        f"{name} ({language}) {state} in {folder}/\n"
        f"  next: {step}git add . && git commit -m 'First version', then pipelinekit test\n" + present.TO_KNOW
    )


def check_name(name: str) -> None:
    """Raise `UsageError` unless `name` can be an application's."""
    if not names.is_label(name, names.APPLICATION_MAX):
        near = names.label_from(name, names.APPLICATION_MAX)
        raise usage(
            "bad-name",
            f"{name[:60]!r} cannot be an application's name",
            hint=f"{names.LABEL_RULE}; at most {names.APPLICATION_MAX}"
            + (f"; perhaps {near}" if near else ""),
        )
