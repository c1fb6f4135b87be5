"""Repositories that are taken in: which of their programs, what becomes of each, and what is written."""

from __future__ import annotations

import functools
import posixpath
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit import names
from pipelinekit.cli.application import generate, present
from pipelinekit.cli.application.repository import allowed, services, takein
from pipelinekit.cli.application.repository.answers import Answers
from pipelinekit.cli.application.repository.asked import Asked
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.line import Line, Options
from pipelinekit.errors import Fault, UsageError, usage
from pipelinekit.model.app import Language
from pipelinekit.model.repository.services import Service
from pipelinekit.reading.app import FILE
from pipelinekit.records import dataclass

if TYPE_CHECKING:
    from pipelinekit.model.repository.words import Whom
    from pipelinekit.model.tree import Tree
    from pipelinekit.plan.detect.signs import Detected
    from pipelinekit.steps.generate import Generation


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
    service: str = "."
    """The folder of its descriptor, from the repository's top."""
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
    found = services.services_in(texts, top=top)
    asked = replace(asked, answers=_placed(folder, asked, found))
    chosen = _chosen(folder, found, asked)
    if chosen == [None] and not asked.name:
        raise _unnamed(asked)
    # Looking takes most of the time: what was seen for the whole is not looked for again.
    known = None if whole else top
    return [_adopted(folder, texts, asked.of(each), each, known, quiet=quiet) for each in chosen]


def _placed(folder: Path, asked: Asked, found: Sequence[Service]) -> Answers:
    """The answers, by the folders of services; raises `UsageError` for a service that there is not."""
    paths = {each: one.path for each in asked.answers.named if (one := services.named(found, each))}
    unknown = asked.answers.named - set(paths)
    if unknown:
        raise _unknown(folder, found, f"{min(unknown)}=")
    return asked.answers.renamed(paths)


def _chosen(folder: Path, found: Sequence[Service], asked: Asked) -> Sequence[Service | None]:
    """The services that are meant; None is the repository's top, by what it shows there."""
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
        raise _unknown(folder, found, f"--service {asked.service}")
    top = names.label_from(Path(asked.shown).resolve().name, names.APPLICATION_MAX)
    return replace(one, name=asked.name or one.name or top)


def _unknown(folder: Path, found: Sequence[Service], said: str) -> UsageError:
    known = ", ".join(each.path for each in found[:20])
    return usage("service-unknown", f"{said}: {folder} has no such service", hint=f"known are {known}")


def _unnamed(asked: Asked) -> UsageError:
    near = names.label_from(Path(asked.shown).resolve().name, names.APPLICATION_MAX) or "app"
    hint = f"as its folder is:\n{asked.command(near, asked.service)}"
    return usage("name-missing", "what is the application called?", hint=hint)


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

    def briefly(self) -> UsageError:
        """The same after its table was shown."""
        return UsageError(replace(self.faults[0], hint="the commands are above: one of them, or all"))

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
    below, named = looked_at(texts, asked, one, top)
    place = folder / one.path if one and one.path != "." else folder
    name = one.name if one else asked.name
    present.require_same(place, name, asked.language)
    seen = takein.look_around(place, below, name, asked.language, named)
    chart = takein.own_chart(place, name) if named.chart else None
    if chart and seen:
        seen = seen.because(present.beside_a_chart(chart))
    language = asked.language or (seen.language if seen else None)
    if language is None:
        raise usage("language-missing", f"what is {name} written in?")
    within, project = (one.folder, one.project) if one else ("", "")
    described = functools.partial(
        takein.describe,
        name,
        asked.team_of(name),
        language,
        asked.port,
        chart=chart,
        within=within,
        project=project,
    )
    seen, tree = allowed.described(lambda each: described(seen=each), seen)
    if seen and not quiet:
        takein.told(below, seen, name, named, several=asked.everyone)
    keep = tuple(each for each in asked.keep if each != "chart")
    if seen and seen.keeps_dockerfile and language != "dockerfile":
        keep = (*keep, *(() if "dockerfile" in keep else ("dockerfile",)))
        if not quiet:
            inside = [] if str(place) == "." else ["--path", str(place)]
            ours = shlex.join(["pipelinekit", "generate", *inside, "--take", "new", "Dockerfile", "--diff"])
            report.say(f"{name}: ours as a diff: {ours}" if asked.everyone else f"ours as a diff: {ours}")
    command = asked.command(name, one.path if one else asked.service)
    return Adoption(
        name=name,
        folder=place,
        language=language,
        seen=seen,
        tree=tree,
        keep=keep,
        within=within,
        command=command,
        texts=below,
        named=named,
        service=one.path if one else ".",
        questions=tuple(takein.questions(seen, place, name, command, asked.port) if seen else ()),
    )


def looked_at(
    texts: Mapping[str, str], asked: Asked, one: Service | None, top: Detected | None = None
) -> tuple[Mapping[str, str], takein.Named]:
    """The files that are looked at, and what is named of them."""
    named = takein.Named(
        port=asked.port, chart="chart" in asked.keep, package=asked.package, target=asked.target
    )
    if one is None:
        return texts, replace(named, service=asked.service, top=top)
    from pipelinekit.model.repository.words import Whom
    from pipelinekit.plan.detect.services.folders import look_at
    from pipelinekit.reading.repository import compose, hosts

    called = (one.name, one.path, one.package)
    whom = Whom(names=tuple({posixpath.basename(each) for each in called} - {"", "."}), folder=one.path)
    # Where its sources are the whole, the same files are read for it once.
    above = one.source != "." or bool(one.member)
    words = (*hosts.render(texts.get("render.yaml", ""), whom), *compose.read(texts, whom)) if above else ()
    named = replace(
        named,
        package=asked.package or one.package,
        service=one.member,
        whom=None if one.source == one.path else _inside(whom, one),
        dockerfile=texts.get(f"{one.path}/Dockerfile" if one.path != "." else "Dockerfile", ""),
        words=words,
        lacks=_lacking(texts, one),
    )
    return look_at(texts, one.source), named


def _lacking(texts: Mapping[str, str], one: Service) -> tuple[str, ...]:
    """The folders that it takes and that are not in what it is built from."""
    from pipelinekit.plan.detect.services import outside

    own = one.source if one.project or one.source == one.base else one.base
    base = "" if one.base == "." else f"{one.base}/"
    return tuple(
        each for each in outside.taken(texts, own) if each.startswith("..") or not f"{each}/".startswith(base)
    )


def _inside(whom: Whom, one: Service) -> Whom:
    """The same, as it is called from the folder that has its sources and those of others."""
    folder = posixpath.relpath(one.path, one.source)
    return replace(whom, folder=folder, alone=False)


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
