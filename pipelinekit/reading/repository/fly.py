"""`fly.toml`: the port behind the proxy, processes, checks, mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelinekit.model.repository.words import What, Word
from pipelinekit.reading.repository.document import at, entries, line_in, text_of, toml_of
from pipelinekit.reading.repository.variables import given

FILE = "fly.toml"


def read(texts: Mapping[str, str]) -> Iterator[Word]:
    """Its words; the process that is served is called `app` there."""
    text = texts.get(FILE, "")
    data = toml_of(text)
    services = [each for each in (at(data, "http_service"), *_listed(at(data, "services"))) if each]
    for each in services:
        yield from _served(text, each)
    if data and not services:
        yield Word(what="worker", value="no service", place=FILE)
    for name, line, _ in entries(at(data, "processes")):
        called = "web" if services and name in {"app", "web"} else name
        place = _place(text, name, "processes")
        if text_of(line):
            yield Word(what="command", name=called, value=text_of(line), place=place)
    single: tuple[tuple[What, str, str], ...] = (
        ("before", "deploy", "release_command"),
        ("dockerfile", "build", "dockerfile"),
        ("target", "build", "build-target"),
    )
    for what, section, key in single:
        value = text_of(at(data, section, key))
        if value:
            name = "release" if what == "before" else ""
            yield Word(what=what, name=name, value=value, place=_place(text, key))
    for name, value, _ in entries(at(data, "env")):
        yield from given(name, value, _place(text, name, "env"))
    for mount in (*_listed(at(data, "mounts")), *_listed(at(data, "mount"))):
        if text_of(at(mount, "destination")):
            place = _place(text, "destination")
            yield Word(what="volume", value=text_of(at(mount, "destination")), place=place)


def _served(text: str, service: Any) -> Iterator[Word]:
    port = text_of(at(service, "internal_port"))
    if port:
        yield Word(what="port", value=port, place=_place(text, "internal_port"))
    for check in (*_listed(at(service, "checks")), *_listed(at(service, "http_checks"))):
        if text_of(at(check, "path")):
            yield Word(what="health", value=text_of(at(check, "path")), place=_place(text, "path"))


def _place(text: str, key: str, section: str = "") -> str:
    begins = rf"^\[{section}\]" if section else ""
    if begins and (found := re.search(begins, text, re.MULTILINE)):
        before = text.count("\n", 0, found.start())
        place = _place(text[found.start() :], key).partition(":")[2]
        return f"{FILE}:{before + int(place)}" if place else FILE
    return line_in(text, FILE, rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=")


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []
