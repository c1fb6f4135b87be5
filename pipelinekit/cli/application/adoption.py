"""Repositories that are taken in: which of their programs, what becomes of each, and what is written."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit import names
from pipelinekit.cli import report
from pipelinekit.cli.application import generate, present, services, takein
from pipelinekit.cli.wiring import Line, Options
from pipelinekit.errors import Fault, UsageError, usage
from pipelinekit.model.app import Language
from pipelinekit.model.services import Service
from pipelinekit.reading.app import FILE

if TYPE_CHECKING:
    from pipelinekit.model.tree import Tree
    from pipelinekit.plan.detect.signs import Detected
    from pipelinekit.steps.generate import Generation


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says of an existing repository."""

    name: str
    language: Language | None = None
    team: str = "apps"
    port: int | None = None
    package: str = ""
    service: str = ""
    everyone: bool = False
    keep: tuple[str, ...] = ()
    platform: str = ""
    shown: str = ""
    """The repository as it was named."""

    def command(self, name: str, service: str = "", port: int | None = None) -> str:
        """This command line, for one application."""
        words = ["pipelinekit", "new-app", name, "--from", self.shown]
        words += self._chosen(service)
        return shlex.join([*words, *self._others(port or self.port)])

    def every(self) -> str:
        """This command line, for all of its services."""
        # Each has its own name; one that was given with --all stands before them.
        name = [self.name] if self.name and self.everyone else []
        return shlex.join(
            ["pipelinekit", "new-app", *name, "--from", self.shown, "--all", *self._others(None)]
        )

    def _chosen(self, service: str) -> list[str]:
        chosen = ["--service", service] if service else []
        return [*chosen, *(["--package", self.package] if self.package else [])]

    def _others(self, port: int | None) -> list[str]:
        others = [] if self.team == "apps" else ["--team", self.team]
        others += ["--port", str(port)] if port else []
        others += ["--language", self.language] if self.language else []
        return [*others, *(["--keep", ",".join(self.keep)] if self.keep else [])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What becomes of one program; nothing is written yet."""

    name: str
    folder: Path
    language: Language
    seen: Detected | None
    tree: Tree
    keep: tuple[str, ...]
    within: str
    command: str
    """The command line that takes in this one."""
    texts: Mapping[str, str]
    named: takein.Named
    questions: tuple[Fault, ...] = ()


def adoptions(folder: Path, asked: Asked, *, quiet: bool = False) -> list[Adoption]:
    """What becomes of the repository's program, or of each that was asked for.

    Raises `UsageError` where there are several services and none was named; the questions that each leaves
    open are with it. `quiet` tells nothing.
    """
    texts = takein.read(folder)
    # A service that is named, and all of them, are counted whatever the application is called.
    whole = bool(asked.everyone or asked.service)
    if not whole and (asked.language or asked.package):
        return [_adopted(folder, texts, asked, None, None, quiet=quiet)]
    top = services.top_of(texts, "" if whole else asked.name)
    chosen = _chosen(folder, texts, asked, top)
    # Looking takes most of the time: what was seen for the whole is not looked for again.
    known = None if whole else top
    return [_adopted(folder, texts, asked, each, known, quiet=quiet) for each in chosen]


def _chosen(
    folder: Path, texts: Mapping[str, str], asked: Asked, top: Detected | None
) -> Sequence[Service | None]:
    """The services that are meant; None is the repository's top, by what it shows there."""
    found = services.services_in(texts, top=top)
    if asked.everyone:
        if not found:
            raise usage("services-none", f"{folder} has no program that could be an application")
        return [_titled(each, asked) for each in found]
    if asked.service:
        one = services.named(found, asked.service)
        if one or services.are_several(found):
            return [_one(folder, found, one, asked)]
        return [None]
    if services.are_several(found):
        raise SeveralServices(folder, found, asked)
    return [None]


def _one(folder: Path, found: Sequence[Service], one: Service | None, asked: Asked) -> Service:
    if one is None:
        known = ", ".join(each.path for each in found[:20])
        raise usage(
            "service-unknown",
            f"--service {asked.service}: {folder} has no such service",
            hint=f"known are {known}",
        )
    return replace(one, name=asked.name or one.name)


def _titled(each: Service, asked: Asked) -> Service:
    """One of all by its own name, behind the one that was given, if one was."""
    parts = [part for part in (asked.name, each.name) if part]
    name = names.label_from("-".join(parts) or Path(asked.shown).resolve().name, names.APPLICATION_MAX)
    return replace(each, name=name)


class SeveralServices(UsageError):
    """A repository with several services, none of which was named."""

    def __init__(self, folder: Path, found: Sequence[Service], asked: Asked) -> None:
        self.found = found
        top = asked.name or names.label_from(folder.resolve().name, names.APPLICATION_MAX) or "app"
        self.lines = [asked.command(each.name or top, each.path) for each in found]
        self.every = asked.every()
        super().__init__(services.open_fault(folder, found, self.lines, self.every))

    @property
    def shown(self) -> dict[str, object]:
        """For machines."""
        pairs = zip(self.found, self.lines, strict=True)
        return {"services": [services.shown(each, line) for each, line in pairs], "all": self.every}


def _adopted(
    folder: Path,
    texts: Mapping[str, str],
    asked: Asked,
    one: Service | None,
    top: Detected | None,
    *,
    quiet: bool,
) -> Adoption:
    place, below, named = _looked_at(folder, texts, asked, one, top)
    name = one.name if one else asked.name
    present.require_same(place, name, asked.language)
    seen = takein.look_around(place, below, name, asked.language, named)
    chart = takein.own_chart(place, name) if named.chart else None
    if chart and seen:
        seen = seen.because(present.beside_a_chart(chart))
    if seen and not quiet:
        takein.told(below, seen, name, named)
    language = asked.language or (seen.language if seen else None)
    if language is None:
        raise usage("language-missing", f"what is {name} written in?")
    keep = tuple(each for each in asked.keep if each != "chart")
    if seen and seen.keeps_dockerfile and language != "dockerfile":
        keep = (*keep, *(() if "dockerfile" in keep else ("dockerfile",)))
        if not quiet:
            report.say("ours as a diff: pipelinekit generate --take new Dockerfile --diff")
    command = asked.command(name, one.path if one else asked.service)
    within = one.folder if one else ""
    return Adoption(
        name=name,
        folder=place,
        language=language,
        seen=seen,
        tree=takein.describe(name, asked.team, language, asked.port, seen, chart, within=within),
        keep=keep,
        within=within,
        command=command,
        texts=below,
        named=named,
        questions=tuple(takein.questions(seen, place, name, command, asked.port) if seen else ()),
    )


def _looked_at(
    folder: Path, texts: Mapping[str, str], asked: Asked, one: Service | None, top: Detected | None
) -> tuple[Path, Mapping[str, str], takein.Named]:
    """The folder of its descriptor, the files that are looked at, and what is named of them."""
    named = takein.Named(port=asked.port, chart="chart" in asked.keep, package=asked.package)
    if one is None:
        return folder, texts, replace(named, service=asked.service, top=top)
    from pipelinekit.plan.detect.services.folders import look_at
    from pipelinekit.reading.repository import compose

    words = tuple(compose.read(texts, one.path)) if one.path != "." else ()
    named = replace(
        named,
        package=asked.package or one.package,
        service=one.member,
        dockerfile=texts.get(f"{one.path}/Dockerfile" if one.path != "." else "Dockerfile", ""),
        words=words,
    )
    return folder if one.path == "." else folder / one.path, look_at(texts, one.source), named


def generation_of(adoption: Adoption, platform: str) -> tuple[Line, Generation]:
    """What generating would do beside the descriptor that is planned, whether that is written or not."""
    here = Line(Options(path=str(adoption.folder), platform=platform))
    if not (adoption.folder / FILE).exists():
        # As if it were there: nothing of a plan is written.
        here.__dict__["descriptor"] = adoption.tree[FILE].text.encode()
    return here, generate.plan(here, generate.read_decisions(here, (), adoption.keep, ()))


def settling(adoption: Adoption, paths: Iterable[str]) -> str:
    """The one command that settles the files that are in the way: they stay theirs."""
    return shlex.join(["pipelinekit", "generate", "--path", str(adoption.folder), "--keep", ",".join(paths)])
