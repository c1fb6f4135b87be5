"""The verb `new-app`: an application from nothing, or around an existing repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from pipelinekit import names
from pipelinekit.adapters.disk import files
from pipelinekit.adapters.folder import packaged
from pipelinekit.adapters.source import worktree
from pipelinekit.cli.application import generate, present
from pipelinekit.cli.application.language import LANGUAGE
from pipelinekit.cli.application.owner import owner, owners
from pipelinekit.cli.application.repository import answers, explanation, taking
from pipelinekit.cli.application.repository.asked import Asked
from pipelinekit.cli.options import JSON, PLATFORM
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.wiring.line import Line, Options
from pipelinekit.errors import usage
from pipelinekit.generators import languages
from pipelinekit.generators.skeleton import plan_descriptor, plan_skeleton
from pipelinekit.model.app import LANGUAGES, Language
from pipelinekit.model.tree import Tree
from pipelinekit.reading.app import FILE, read_app
from pipelinekit.render import render


@click.command("new-app")
@click.argument("name", required=False)
@click.option("--language", "-l", type=LANGUAGE, help="What it is written in.")
@click.option(
    "--team", metavar="NAME", help="Who owns it; else the team that the platform registers it with, or apps."
)
@click.option(
    "--port",
    "ports",
    multiple=True,
    metavar="NUMBER",
    help="What it listens on (8080, or what the source shows); with --all SERVICE=NUMBER for one of them.",
)
@click.option(
    "--from",
    "existing",
    default="",
    type=on_disk,
    metavar="DIR",
    help="An existing repository, none of it overwritten and no skeleton added; with --explain also a URL.",
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
    help="Yours for good: chart, jenkinsfile, dockerfile, draft; several times, or with commas between;"
    " with --all SERVICE=KIND for one of them.",
)
@click.option(
    "--service",
    default="",
    metavar="NAME",
    help="With --from: which of several services it is, by its name or folder.",
)
@click.option(
    "--target",
    default="",
    metavar="STAGE",
    help="With --from: which stage of the repository's own Dockerfile is the image.",
)
@click.option("--all", "everyone", is_flag=True, help="With --from: each of its services, by its own name.")
@click.option(
    "--explain", is_flag=True, help="With --from: what would become of it, as Markdown; nothing is written."
)
@click.option("--git/--no-git", "with_git", default=True, help="Make the new folder a git repository.")
@PLATFORM
@JSON
def new_app(
    name: str | None,
    language: Language | None,
    team: str | None,
    ports: tuple[str, ...],
    existing: str,
    package: str,
    keep: tuple[str, ...],
    service: str,
    target: str,
    everyone: bool,
    explain: bool,
    with_git: bool,
    platform: str,
    as_json: bool,
) -> None:
    """Make the application NAME in a new folder of that name, ready to run and to deploy.

    With --from it is made around what is there. A repository with several services ends with exit code 2 and
    the command for each; what nobody should guess ends with 6 and the command that settles it. With --all,
    NAME stands before the services' own names. --explain, --all and --service need no NAME.

    \b
    Examples:
      pipelinekit new-app orders --language python --team payments
      pipelinekit new-app orders --language go --from . --keep dockerfile,chart
      pipelinekit new-app --from . --all --team payments
      pipelinekit new-app --from https://git.example.com/orders.git --explain
    """
    if name is None and not existing:
        raise click.UsageError("Missing argument 'NAME'.")
    if name is not None:
        check_name(name)
    name = name or ""
    if team is not None:
        check_name(team, "a team's name")
    said = answers.read_answers(ports, generate.words(keep))
    if said.keep and not existing:
        raise usage("keep-nothing", "--keep is about what is there already", hint="--from DIR names it")
    if said.named and not everyone:
        named = min(said.named)
        raise usage("all-missing", f"{named}= is about one of several services", hint="--all takes in each")
    port = said.ports.get("")
    if not existing:
        given = {"--all": everyone, "--explain": explain, "--service": service, "--package": package}
        given |= {"--target": target}
        _require_from(option for option, value in given.items() if value)
        _made(name, language, team, port, platform, with_git=with_git, as_json=as_json)
        return
    registered: Mapping[str, str] = {}
    if name and not everyone:
        whose, remark = owner(name, team, platform, Path(existing))
    else:
        whose, registered, remark = owners(team, platform, Path(existing))
    asked = Asked(
        name=name,
        language=language,
        team=whose,
        registered=registered,
        port=port,
        package=package,
        service=service.strip("/"),
        target=target,
        everyone=everyone,
        keep=said.keep.get("", ()),
        answers=said,
        platform=platform,
        shown=existing,
    )
    if everyone and (service or package or target):
        raise click.UsageError("--all takes each of them: leave --service, --package and --target")
    if explain:
        explanation.explain(asked, as_json=as_json)
    else:
        _taken_in(existing, asked, remark, with_git=with_git, as_json=as_json)


def _taken_in(existing: str, asked: Asked, remark: str, *, with_git: bool, as_json: bool) -> None:
    """An application around what is in the folder `existing`."""
    if explanation.is_remote(existing):
        hint = "--explain looks at it from here; `git clone` brings it here to be taken in"
        raise usage("from-remote", "--from takes a folder", hint=hint)
    files.require_folder(Path(existing), option="--from")
    taking.take_in(Path(existing), asked, remark, with_git=with_git, as_json=as_json)


def _require_from(options: Iterable[str]) -> None:
    for option in options:
        raise usage("from-missing", f"{option} is about what is there already", hint="--from DIR names it")


def _made(
    name: str,
    language: Language | None,
    team: str | None,
    port: int | None,
    platform: str,
    *,
    with_git: bool,
    as_json: bool,
) -> None:
    """A new application in a new folder."""
    folder = Path(name)
    present.require_apart(name, Path.cwd())
    present.require_same(folder, name, language)
    if language is None:
        hint = f"--language {'|'.join(LANGUAGES)}"
        raise usage("language-missing", f"what is {name} written in?", hint=hint)
    if language == "python" and names.shadows_python(name):
        raise usage(
            "bad-name",
            f"a Python application cannot be named {name}: Python has a module of that name",
            hint=f"perhaps {name[: names.APPLICATION_MAX - 4]}-app",
        )
    whose, remark = owner(name, team, platform, folder)
    tree = _made_anew(name, whose, language, port or languages.DEFAULT_PORT)
    taking.write_absent(folder, tree, existing=False)
    if with_git and worktree.init(folder):
        report.say(f"a git repository in {folder}/, branch main")
    here = Line(Options(path=str(folder), platform=platform))
    taking.generated(here, generate.plan(here, generate.read_decisions(here, (), (), ())))
    if remark:
        report.notice(remark)
    if as_json:
        report.as_json(
            {"applications": [{"name": name, "folder": str(folder), "language": language, "toCheck": []}]}
        )
        return
    report.result(taking.what_next(folder, name, language, 0))


def _made_anew(name: str, team: str, language: Language, port: int) -> Tree:
    """The descriptor and the skeleton of a new application."""
    descriptor = plan_descriptor(name, team, language, port)
    described = read_app(render([descriptor], packaged.templates())[FILE].text)
    version = languages.resolved(described).version
    return render([descriptor, *plan_skeleton(name, language, port, version)], packaged.templates())


def check_name(name: str, what: str = "an application's name") -> None:
    """Raise `UsageError` unless `name` can be what it is to be: an application's name, or a team's."""
    if not names.is_label(name, names.APPLICATION_MAX):
        near = names.label_from(name, names.APPLICATION_MAX)
        raise usage(
            "bad-name",
            f"{name[:60]!r} cannot be {what}",
            hint=f"{names.LABEL_RULE}; at most {names.APPLICATION_MAX}"
            + (f"; perhaps {near}" if near else ""),
        )
