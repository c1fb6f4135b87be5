"""What `new-app --from` makes of an existing repository: looked at, decided or asked, described."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelinekit.adapters import folders
from pipelinekit.adapters.folder import packaged
from pipelinekit.cli import report
from pipelinekit.cli.application import present
from pipelinekit.errors import DocumentInvalid, refused, usage
from pipelinekit.generators import languages
from pipelinekit.generators.skeleton import plan_descriptor
from pipelinekit.model.app import LANGUAGES, Language, OwnChart
from pipelinekit.model.tree import Tree
from pipelinekit.reading.app import FILE
from pipelinekit.render import render

if TYPE_CHECKING:
    from pipelinekit.plan.detect.signs import Detected

LOOKED_FOR = (
    "go.mod, Cargo.toml, pom.xml, settings.gradle, *.csproj, requirements.txt, pyproject.toml,\n"
    "package.json, Gemfile, composer.json, index.html, Dockerfile"
)


@dataclass(frozen=True, slots=True)
class Named:
    """What the command line names of a repository that leaves it open; empty where it names nothing."""

    package: str = ""
    service: str = ""
    port: int | None = None
    chart: bool = False
    """Whether the repository's own chart is kept."""


_NOTHING = Named()


def look_around(folder: Path, name: str, language: Language | None, named: Named) -> Detected | None:
    """What the repository shows, told to the user; None when they say the language and it shows another.

    Raises `UsageError` when nothing is known, with the folders of a monorepo that look like applications,
    and `Refused` with commands to paste where one of several programs, or a port, has to be named.
    """
    # Only an existing repository is looked at.
    from pipelinekit.plan.detect import applications_in
    from pipelinekit.plan.detect.ownchart import charts_in
    from pipelinekit.plan.detect.signs import DEEPEST, READ, SKIPPED

    texts = folders.scan(folder, wanted=READ.search, skipped=SKIPPED, deepest=DEEPEST)
    seen = seen_in(texts, name, named)
    if named.service and seen is None:
        hint = "a folder that package.json or pnpm-workspace.yaml names among its workspaces"
        raise usage("service-unknown", f"--service {named.service}: {folder} has no such member", hint=hint)
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
    theirs = [each for each in charts_in(texts) if each != f"charts/{name}"]
    if theirs and not named.chart:
        report.say(f"{' '.join(theirs[:5])}: left alone, and charts/{name} generated; --keep chart takes it")
    for sentence in seen.doubts:
        report.notice(f"to check: {sentence}")
    _ask(seen, folder, name, named)
    return seen


def seen_in(texts: Mapping[str, str], name: str = "", named: Named = _NOTHING) -> Detected | None:
    """What the files show: the Dockerfile's words first, then the repository's others, then the sources."""
    from pipelinekit.plan.detect import detect
    from pipelinekit.plan.detect.lasting import looked_for
    from pipelinekit.plan.detect.memory import guess
    from pipelinekit.plan.detect.words import commands, told
    from pipelinekit.reading.repository import read_words

    # What stands at the top of a workspace speaks of all its members.
    words = () if named.service else read_words(texts)
    seen = detect(texts, name, named.package, named.service)
    if seen and seen.choices:
        package = commands.program(seen.choices, words)
        seen = detect(texts, name, package) if package else seen
    if seen is None:
        return None
    seen = told(_with_dockerfile(seen, texts.get("Dockerfile", "")), words, texts)
    seen = looked_for(seen, texts)
    memory = guess(seen, texts)
    return (
        replace(seen, memory=memory).because(f"memory {memory}: a guess, to be measured") if memory else seen
    )


def _with_dockerfile(seen: Detected, text: str) -> Detected:
    """What was seen, with the words of the repository's own Dockerfile where that runs."""
    from pipelinekit.plan.detect import kept
    from pipelinekit.reading.docker.container import read_container

    try:
        container = read_container(text, {})
    except DocumentInvalid as error:
        return seen.doubting(f"Dockerfile: {error}")
    return kept.described(seen, container) if container and kept.runs(container) else seen


def _ask(seen: Detected, folder: Path, name: str, named: Named) -> None:
    """Raise `Refused` where the repository leaves open what nobody should guess."""
    from pipelinekit.plan.detect.choices import table

    command = f"pipelinekit new-app {name} --from {folder}"
    if named.port:
        command += f" --port {named.port}"
    if seen.choices:
        raise refused(
            "program-open",
            f"{folder} has {len(seen.choices)} programs: which one is {name}? nothing was written",
            hint=table(seen, command),
        )
    if seen.asks_port and not named.port:
        # What was chosen without a word of the command line will be chosen again.
        given = (("--package", named.package), ("--service", named.service))
        chosen = "".join(f" {option} {shlex.quote(value)}" for option, value in given if value)
        raise refused(
            "port-open",
            f"{name} listens on a port that its source does not show; nothing was written",
            hint=f"{command}{chosen} --port 8080, with the number that is right",
        )


def own_chart(folder: Path, name: str) -> OwnChart:
    """The chart that the repository has, told to the user.

    Raises `UsageError` where there is none, `Refused` where one of several has to be chosen, or its name or
    its values leave open what a deployment needs.
    """
    from pipelinekit.plan.detect.ownchart import charts_in, image_places
    from pipelinekit.plan.detect.signs import DEEPEST, SKIPPED
    from pipelinekit.reading.values import read_values

    wanted = re.compile(r"(^|/)(Chart|values)\.yaml$").search
    texts = folders.scan(folder, wanted=wanted, skipped=SKIPPED, deepest=DEEPEST)
    found = charts_in(texts)
    # Where ours would be is where theirs is meant, whatever others there are.
    found = (f"charts/{name}",) if f"charts/{name}" in found else found
    if not found:
        hint = "leave --keep chart: pipelinekit generates one"
        raise usage("chart-missing", f"--keep chart: {folder} has no chart to keep", hint=hint)
    if len(found) > 1:
        raise refused(
            "chart-open",
            f"--keep chart: {folder} has {len(found)} charts: {', '.join(found)}; nothing was written",
            hint=f"run it in the folder of one application, or rename the right one to charts/{name}",
        )
    path = found[0]
    called = read_values(texts[f"{path}/Chart.yaml"], f"{path}/Chart.yaml").get("name")
    if called != name:
        raise refused(
            "chart-renamed",
            f"{path}/Chart.yaml: the chart is called {called}, and is published under the application's name",
            hint=f"call the application {called}, or write name: {name} there",
        )
    values = texts.get(f"{path}/values.yaml", "")
    places = image_places(read_values(values, f"{path}/values.yaml"))
    if places is None:
        report.notice(f"to check: {path}/values.yaml shows no image: chart.values in {FILE} says where it is")
    report.say(f"{path}: the chart stays yours, and is packaged and deployed as it is")
    return OwnChart(path=path, values=places or {})


def describe(
    name: str,
    team: str,
    language: Language,
    port: int | None,
    seen: Detected | None,
    chart: OwnChart | None = None,
) -> Tree:
    """The descriptor of an existing application: what was seen, where it differs from the defaults."""
    from pipelinekit.plan.detect.signs import Detected

    seen = seen or Detected(language=language)
    build: dict[str, Any] = {
        "version": seen.version,
        "base": seen.base,
        "runtime": seen.runtime,
        "package": seen.package,
        "main": seen.main,
        "files": list(seen.files),
        "system": {moment: list(each) for moment, each in seen.system.items() if each},
        "user": seen.user,
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
    fallback = languages.DEFAULT_PORT if seen.server else None
    plan = plan_descriptor(
        name,
        team,
        language,
        port or seen.port or fallback,
        health=seen.health,
        command=seen.command,
        env=seen.env,
        processes=seen.processes,
        before=seen.before,
        doubts=seen.doubts,
        memory=seen.memory,
        volumes=seen.volumes,
        build=differing,
        chart=chart,
    )
    return render([plan], packaged.templates())
