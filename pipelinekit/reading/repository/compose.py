"""Compose files: the service that is one program, as its container is run."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.model.repository.services import Built
from pipelinekit.model.repository.words import WHOLE, Whom, Word
from pipelinekit.reading.repository.candidates import Candidate, chosen
from pipelinekit.reading.repository.document import Document, at, entries, text_of, yaml_of
from pipelinekit.reading.repository.variables import given

FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_PORT = re.compile(r"(?:.*:)?(\d{1,5})(?:/tcp)?$")
_ONCE = re.compile(
    r"(?:^|[-_])(?:test|e2e|lint|dev|debug|migrat\w*|seed\w*|init|setup)(?:$|[-_])", re.IGNORECASE
)
"""Names of what runs once, or for a developer: no process that lasts."""
MOST = 12
"""So many services are named."""
LONGEST = 20
"""So many services are followed from one that extends another: each of them is merged for each before it."""
_ASKED = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d+)?(/[\w./-]*)")


def read(texts: Mapping[str, str], whom: Whom = WHOLE) -> Iterator[Word]:
    """The words of the first of its files: of the service that is this program, and of what runs beside it
    from the same image.

    One that mounts the source runs at a workplace, and its command is only perhaps the program's.
    """
    said = _document(texts)
    made = [
        Candidate(name=name, context=_context(service.get("build")), dockerfile=_dockerfile(service["build"]))
        for name, service, _ in entries(said.at("services"))
        if isinstance(service, dict) and _context(service.get("build"))
    ]
    services = {each.name: said.at("services", each.name) for each in made}
    made = [
        replace(each, serves=_serves(services[each.name]), target=_target(services[each.name]))
        for each in made
    ]
    pool, ours = chosen(made, whom, own=whom.dockerfile in texts)
    if ours:
        yield from _service(said, ours.name, services[ours.name], own=whom.dockerfile)
        if not ours.serves and any(each.serves for each in pool):
            yield Word(
                what="worker", value=f"{ours.name} has no port", place=said.line("services", ours.name)
            )
    elif pool and whom.alone:
        listed = ", ".join(each.name for each in pool[:MOST])
        words = (
            f"{listed} are built from here, and none is called as the application: nothing of them is taken"
        )
        yield Word(what="note", value=words, place=said.line("services", pool[0].name))
    for each in pool:
        if ours and each is not ours and whom.alone:
            yield from _beside(said, each, services[each.name], ours)


def _document(texts: Mapping[str, str]) -> Document:
    """The first of its files, each service with what it has from another one that it extends there."""
    file = next((each for each in FILES if each in texts), "")
    said = yaml_of(texts.get(file, ""), file)
    services = said.at("services")
    if isinstance(services, dict):
        said.data["services"] = {name: _extended(services, name) for name in services}
    return said


def _extended(services: dict[str, Any], name: str) -> Any:
    """One service; what it says itself goes before what the others say that it extends."""
    found, seen = services.get(name), {name}
    above = found
    while isinstance(above, dict) and isinstance(found, dict):
        extends = above.get("extends")
        other = text_of(extends.get("service")) if isinstance(extends, dict) else text_of(extends)
        elsewhere = isinstance(extends, dict) and "file" in extends
        if not other or other in seen or elsewhere or len(seen) > LONGEST:
            break
        seen.add(other)
        above = services.get(other)
        found = {**above, **found} if isinstance(above, dict) else found
    return found


def _beside(said: Document, each: Candidate, service: dict[str, Any], ours: Candidate) -> Iterator[Word]:
    """Another program of this folder: a process of the same image, or an image of its own."""
    if (each.dockerfile, each.target, each.serves) == (ours.dockerfile, ours.target, False) and service.get(
        "command"
    ):
        yield from _service(said, each.name, service)
        return
    of = f"{each.dockerfile}, stage {each.target}" if each.target else each.dockerfile
    serves = " and has a port" if each.serves else ""
    words = f"{each.name} is built from here as well ({of}){serves}: nothing of it is in this application"
    yield Word(what="note", value=words, place=said.line("services", each.name))


def _serves(service: dict[str, Any]) -> bool:
    return bool(service.get("ports") or service.get("expose"))


def _target(service: dict[str, Any]) -> str:
    build = service.get("build")
    return text_of(build.get("target")) if isinstance(build, dict) else ""


def _dockerfile(build: Any) -> str:
    """Its path from the top."""
    named = build.get("dockerfile") if isinstance(build, dict) else None
    path = named if isinstance(named, str) and named else "Dockerfile"
    return posixpath.normpath(posixpath.join(_context(build), path))


def builds(texts: Mapping[str, str]) -> Iterator[Built]:
    """What the first of its files builds from folders of this repository."""
    said = _document(texts)
    for name, service, _ in entries(said.at("services")):
        build = service.get("build") if isinstance(service, dict) else None
        context = _context(build)
        if not context or context.startswith(("..", "/")) or "://" in context:
            continue
        ports = [
            int(port[1])
            for key in ("ports", "expose")
            for each in (service.get(key) if isinstance(service.get(key), list) else [])
            if (port := _PORT.match(text_of(each.get("target") if isinstance(each, dict) else each)))
        ]
        yield Built(
            name=name,
            context=context,
            dockerfile=_dockerfile(build),
            port=next((each for each in ports if 0 < each < 65536), None),
            place=said.line("services", name),
        )


def _context(build: Any) -> str:
    if isinstance(build, dict):
        build = build.get("context", ".")
    return posixpath.normpath(build) if isinstance(build, str) and build else ""


def _service(said: Document, name: str, service: dict[str, Any], *, own: str = "") -> Iterator[Word]:
    """The words of one; of what runs beside the program, which has no `own` Dockerfile, the command alone."""
    first = bool(own)
    path = ("services", name)
    weak = _has_source(service) or (not first and bool(_ONCE.search(name)))
    command = service.get("command")
    line = (
        shlex.join(map(text_of, command)) if isinstance(command, list) else " ".join(text_of(command).split())
    )
    if line:
        called = "web" if first else name
        yield Word(what="command", name=called, value=line, place=said.line(*path, "command"), weak=weak)
    if not first:
        return
    path_of = _dockerfile(service["build"])
    if said.text(*path, "build", "dockerfile") and path_of != own:
        yield Word(what="dockerfile", value=path_of, place=said.line(*path, "build", "dockerfile"))
    yield from _built(said, (*path, "build"), weak=weak)
    for key in ("ports", "expose"):
        listed = service.get(key)
        for number, each in enumerate(listed if isinstance(listed, list) else []):
            port = _PORT.match(text_of(each.get("target") if isinstance(each, dict) else each))
            if port:
                yield Word(what="port", value=port[1], place=said.line(*path, key, number))
    yield from _surroundings(said, path, service)
    yield from _called(said, path, service)


def _built(said: Document, path: tuple[str, ...], *, weak: bool) -> Iterator[Word]:
    target = said.text(*path, "target")
    if target:
        yield Word(what="target", value=target, place=said.line(*path, "target"), weak=weak)
    args = said.at(*path, "args")
    names = (
        list(args)
        if isinstance(args, dict)
        else [text_of(each) for each in args if text_of(each)]
        if isinstance(args, list)
        else []
    )
    given = [str(each).partition("=")[0] for each in names]
    if given:
        words = f"gives the build {' '.join(given)[:200]}: build.args, where it needs them"
        yield Word(what="note", value=words, place=said.line(*path, "args"))


def _surroundings(said: Document, path: tuple[str, ...], service: dict[str, Any]) -> Iterator[Word]:
    asked = _ASKED.search(_flat(said.at(*path, "healthcheck", "test")))
    if asked:
        yield Word(what="health", value=asked[1], place=said.line(*path, "healthcheck", "test"))
    variables = service.get("environment")
    for name, value, where in entries(variables, (*path, "environment")):
        yield from given(name, value, said.line(*where))
    for number, each in enumerate(variables if isinstance(variables, list) else []):
        name, _, value = text_of(each).partition("=")
        yield from given(name, value, said.line(*path, "environment", number))
    if service.get("env_file"):
        words = "reads variables from a file that is not looked into: run.env and run.secrets"
        yield Word(what="note", value=words, place=said.line(*path, "env_file"))
    volumes = service.get("volumes")
    for number, each in enumerate(volumes if isinstance(volumes, list) else []):
        target = _kept(each)
        if target:
            yield Word(what="volume", value=target, place=said.line(*path, "volumes", number))


def _called(said: Document, path: tuple[str, ...], service: dict[str, Any]) -> Iterator[Word]:
    """The other services of this repository that it waits for."""
    waits = service.get("depends_on")
    names = (
        [text_of(each) for each in waits]
        if isinstance(waits, list)
        else [each for each, _, _ in entries(waits)]
    )
    builds = {each: at(said.at("services", each), "build") for each in names if not _ONCE.search(each)}
    ours = _dockerfile(service["build"])
    built = [each for each, build in builds.items() if _context(build) and _dockerfile(build) != ours]
    if built:
        words = f"calls {' '.join(built[:MOST])}, perhaps: `calls` here, and `accepts` there"
        yield Word(what="note", value=words, place=said.line(*path, "depends_on"))


def _flat(test: Any) -> str:
    return " ".join(map(text_of, test)) if isinstance(test, list) else text_of(test)


def _mount(volume: Any) -> tuple[str, str]:
    """Where it comes from and where it goes."""
    if isinstance(volume, dict):
        return text_of(volume.get("source")), text_of(volume.get("target"))
    source, _, rest = text_of(volume).partition(":")
    return (source, rest.partition(":")[0]) if rest else ("", source)


def _kept(volume: Any) -> str:
    """The folder that a volume with a name keeps; caches of packages are none."""
    source, target = _mount(volume)
    named = source and not source.startswith((".", "/", "~", "$"))
    return target if named and target.startswith("/") and "node_modules" not in target else ""


def _has_source(service: dict[str, Any]) -> bool:
    volumes = service.get("volumes")
    return any(
        posixpath.normpath(source) in {".", "src", "app"}
        for each in (volumes if isinstance(volumes, list) else [])
        if (source := _mount(each)[0]).startswith(".")
    )
