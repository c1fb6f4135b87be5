"""Compose files: the service that is built from this folder, as its container is run."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from pipelinekit.model.services import Built
from pipelinekit.model.words import Word
from pipelinekit.reading.repository.document import Document, entries, text_of, yaml_of
from pipelinekit.reading.repository.variables import given

FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_PORT = re.compile(r"(?:.*:)?(\d{1,5})(?:/tcp)?$")
_ASKED = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d+)?(/[\w./-]*)")


def read(texts: Mapping[str, str], at: str = ".") -> Iterator[Word]:
    """The words of the first of its files: of services whose build begins in the folder `at`.

    One that mounts the source runs at a workplace, and its command is only perhaps the program's.
    """
    file = next((each for each in FILES if each in texts), "")
    said = yaml_of(texts.get(file, ""), file)
    ours = [
        (name, service)
        for name, service, _ in entries(said.at("services"))
        if isinstance(service, dict) and _context(service.get("build")) == at
    ]
    # One that takes calls comes first, whatever the order in the file.
    ours.sort(key=lambda each: not ("ports" in each[1] or "expose" in each[1]))
    for number, (name, service) in enumerate(ours):
        yield from _service(said, name, service, first=number == 0)


def builds(texts: Mapping[str, str]) -> Iterator[Built]:
    """What the first of its files builds from folders of this repository."""
    file = next((each for each in FILES if each in texts), "")
    said = yaml_of(texts.get(file, ""), file)
    for name, service, _ in entries(said.at("services")):
        build = service.get("build") if isinstance(service, dict) else None
        context = _context(build)
        if not context or context.startswith(("..", "/")) or "://" in context:
            continue
        named = build.get("dockerfile") if isinstance(build, dict) else None
        path = named if isinstance(named, str) and named else "Dockerfile"
        ports = [
            int(port[1])
            for key in ("ports", "expose")
            for each in (service.get(key) if isinstance(service.get(key), list) else [])
            if (port := _PORT.match(text_of(each.get("target") if isinstance(each, dict) else each)))
        ]
        yield Built(
            name=name,
            context=context,
            dockerfile=posixpath.normpath(posixpath.join(context, path)),
            port=next((each for each in ports if 0 < each < 65536), None),
            place=said.line("services", name),
        )


def _context(build: Any) -> str:
    if isinstance(build, dict):
        build = build.get("context", ".")
    return posixpath.normpath(build) if isinstance(build, str) and build else ""


def _service(said: Document, name: str, service: dict[str, Any], *, first: bool) -> Iterator[Word]:
    path = ("services", name)
    weak = _has_source(service)
    command = service.get("command")
    line = (
        shlex.join(map(text_of, command)) if isinstance(command, list) else " ".join(text_of(command).split())
    )
    if line:
        called = "web" if first else name
        yield Word(what="command", name=called, value=line, place=said.line(*path, "command"), weak=weak)
    if not first:
        return
    dockerfile = said.text(*path, "build", "dockerfile")
    if dockerfile and posixpath.normpath(dockerfile) != "Dockerfile":
        yield Word(what="dockerfile", value=dockerfile, place=said.line(*path, "build", "dockerfile"))
    yield from _built(said, (*path, "build"), weak=weak)
    for key in ("ports", "expose"):
        listed = service.get(key)
        for number, each in enumerate(listed if isinstance(listed, list) else []):
            port = _PORT.match(text_of(each.get("target") if isinstance(each, dict) else each))
            if port:
                yield Word(what="port", value=port[1], place=said.line(*path, key, number))
    yield from _surroundings(said, path, service)


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
