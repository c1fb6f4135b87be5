"""The verb `new-app`: an application from nothing, or around an existing repository."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelinekit import names
from pipelinekit.adapters import files, folders
from pipelinekit.adapters.folder import packaged
from pipelinekit.adapters.source import worktree
from pipelinekit.cli import report
from pipelinekit.cli.application import generate, present
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

if TYPE_CHECKING:
    from pipelinekit.plan.detect.signs import Detected

PORT = 8080
LOOKED_FOR = (
    "go.mod, Cargo.toml, pom.xml, build.gradle, *.csproj, requirements.txt, pyproject.toml, package.json,\n"
    "Gemfile, composer.json, index.html, Dockerfile"
)


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
    "--keep",
    default="",
    metavar="KINDS",
    help="Yours for good, with commas between: chart, jenkinsfile, dockerfile, draft.",
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
    keep: str,
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
    folder = Path(existing or name)
    if existing:
        files.require_folder(folder)
    present.require_same(folder, name, language)
    seen = _look_around(folder, name, language, service) if existing else None
    chosen = language or (seen.language if seen else None)
    if chosen is None:
        hint = f"--language {'|'.join(LANGUAGES)}"
        raise usage("language-missing", f"what is {name} written in?", hint=hint)
    kinds = _kinds(keep)
    if chosen == "python" and not existing and names.shadows_python(name):
        raise usage(
            "bad-name",
            f"a Python application cannot be named {name}: Python has a module of that name",
            hint=f"perhaps {name[: names.APPLICATION_MAX - 4]}-app",
        )
    tree = (
        taken_in(name, team, chosen, port, seen) if existing else _made_anew(name, team, chosen, port or PORT)
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


def _look_around(folder: Path, name: str, language: Language | None, service: str) -> Detected | None:
    """What the repository shows, told to the user; None when they say the language and it shows another.

    Raises `UsageError` when nothing is known, with the folders of a monorepo that look like applications.
    """
    # Only an existing repository is looked at.
    from pipelinekit.plan.detect import applications_in, detect
    from pipelinekit.plan.detect.signs import DEEPEST, READ, SKIPPED

    texts = folders.scan(folder, wanted=READ.search, skipped=SKIPPED, deepest=DEEPEST)
    seen = detect(texts, service.strip("/"))
    if service and seen is None:
        hint = "a folder that package.json or pnpm-workspace.yaml names among its workspaces"
        raise usage("service-unknown", f"--service {service}: {folder} has no such member", hint=hint)
    if language and (seen is None or seen.language != language):
        for sentence in present.without_trace(folder, language, texts, seen):
            report.notice(sentence)
        return None
    # One sign at the top of many folders is a workspace's, and the applications are further down.
    if seen is None:
        inside = applications_in(texts)
        hint = f"looked for {LOOKED_FOR};\n--language {'|'.join(LANGUAGES)} names it"
        if inside:
            first = next(iter(inside))
            hint = f"these folders look like applications: run it in each, with --from {first} and so on\n"
            hint += "\n".join(f"{path}: {each.evidence[0]}" for path, each in inside.items())
        raise usage("language-unknown", f"{folder} shows no language that pipelinekit knows", hint=hint)
    for sentence in seen.evidence:
        report.say(sentence)
    for sentence in seen.doubts:
        report.say(f"to check: {sentence}")
    if seen.choices:
        raise Refused(_which(folder, name, seen))
    return seen


def _which(folder: Path, name: str, seen: Detected) -> Fault:
    """Several programs, as a table to choose from."""
    rows = [
        f"pipelinekit new-app {name} --from {folder} --service {each}   # port {port or 'unknown'}; {why}"
        for each, port, why in seen.choices
    ]
    return Fault(
        "several-programs",
        f"{len(rows)} members of the workspace can run; nothing was written",
        Place(str(folder)),
        hint="\n".join(("choose one:", *rows)),
    )


def _kinds(keep: str) -> list[str]:
    known = ("chart", "jenkinsfile", "dockerfile", "draft")
    kinds = [each.strip() for each in keep.split(",") if each.strip()]
    for each in kinds:
        if each not in known:
            raise usage(
                "keep-unknown", f"--keep {each}: there is no such kind", hint=f"known are {', '.join(known)}"
            )
    return kinds


def _made_anew(name: str, team: str, language: Language, port: int) -> Tree:
    """The descriptor and the skeleton of a new application."""
    descriptor = plan_descriptor(name, team, language, port)
    described = read_app(render([descriptor], packaged.templates())[FILE].text)
    version = languages.resolved(described).version
    return render([descriptor, *plan_skeleton(name, language, port, version)], packaged.templates())


def taken_in(name: str, team: str, language: Language, port: int | None, seen: Detected | None) -> Tree:
    """The descriptor of an existing application: what was seen, where it differs from the defaults."""
    from pipelinekit.plan.detect.signs import Detected

    seen = seen or Detected(language=language)
    build = {
        "version": seen.version,
        "base": seen.base,
        "package": seen.package,
        "installer": seen.installer,
        "commands": None if seen.commands is None else list(seen.commands),
        "prune": None if seen.prune else False,
        "dependencies": None if seen.dependencies is None else list(seen.dependencies),
        "test": list(seen.test),
    }
    defaults = languages.DEFAULTS[language]
    usual = {
        "version": defaults.version,
        "package": defaults.package,
        "dependencies": list(defaults.dependencies),
    }
    differing = {
        key: value
        for key, value in build.items()
        if value is not None
        and value != usual.get(key)
        and (value or key in {"dependencies", "commands", "prune"})
    }
    plan = plan_descriptor(
        name,
        team,
        language,
        port or seen.port or (PORT if seen.serves else None),
        health=seen.health,
        doubts=seen.doubts,
        command=seen.command,
        build=differing,
    )
    return render([plan], packaged.templates())


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
    state = f"is written, with {doubts} to check at the top of {FILE}," if doubts else "is ready"
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
