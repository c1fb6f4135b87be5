"""What hosting services are told: `render.yaml`, `app.json`, `heroku.yml`, `railway.json`, `railway.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelinekit.model.words import Word
from pipelinekit.reading.repository.document import (
    Document,
    entries,
    json_of,
    line_in,
    text_of,
    toml_of,
    yaml_of,
)
from pipelinekit.reading.repository.procfile import process
from pipelinekit.reading.repository.variables import given

_HERE = frozenset(("", ".", "./"))


def read(texts: Mapping[str, str]) -> Iterator[Word]:
    """The words of each of them that is there."""
    yield from _render(texts.get("render.yaml", ""))
    yield from _app_json(texts.get("app.json", ""))
    yield from _heroku(texts.get("heroku.yml", ""))
    yield from _railway(texts)


def _render(text: str) -> Iterator[Word]:
    said = yaml_of(text, "render.yaml")
    services = said.at("services")
    here = [
        number
        for number, each in enumerate(services if isinstance(services, list) else [])
        if isinstance(each, dict)
        and text_of(each.get("rootDir")) in _HERE
        and text_of(each.get("type")) in {"web", "pserv", "worker", "cron"}
    ]
    webs = [each for each in here if said.text("services", each, "type") in {"web", "pserv"}]
    for number in here:
        path = ("services", number)
        kind = said.text(*path, "type")
        own = said.text(*path, "name") or kind
        # The first is the application; the others of that kind stand beside it under their names.
        name = "web" if number in webs[:1] else own
        line = said.text(*path, "startCommand") or said.text(*path, "dockerCommand")
        if line:
            yield Word(what="command", name=name, value=line, place=said.line(*path))
        if kind == "cron" and said.text(*path, "schedule"):
            words = f"{own} runs at {said.text(*path, 'schedule')}: processes.{own}.schedule"
            yield Word(what="note", value=words, place=said.line(*path, "schedule"))
        if number in webs[:1] or not webs:
            yield from _of_service(said, path)
    if here and not webs:
        yield Word(what="worker", value="no service of type web", place="render.yaml")


def _of_service(said: Document, path: tuple[str | int, ...]) -> Iterator[Word]:
    for key, what in (
        ("healthCheckPath", "health"),
        ("preDeployCommand", "before"),
        ("dockerfilePath", "dockerfile"),
    ):
        value = said.text(*path, key)
        if value:
            name = "release" if what == "before" else ""
            yield Word(what=what, name=name, value=value, place=said.line(*path, key))  # type: ignore[arg-type]
    disk = said.text(*path, "disk", "mountPath")
    if disk:
        yield Word(what="volume", value=disk, place=said.line(*path, "disk", "mountPath"))
    variables = said.at(*path, "envVars")
    for number, each in enumerate(variables if isinstance(variables, list) else []):
        if isinstance(each, dict):
            place = said.line(*path, "envVars", number)
            yield from given(text_of(each.get("key")), each.get("value"), place)


def _app_json(text: str) -> Iterator[Word]:
    said = json_of(text, "app.json")
    # Expo calls its own settings so as well.
    if not isinstance(said.data, dict) or "expo" in said.data:
        return
    for name, each, path in entries(said.at("env"), ("env",)):
        yield from given(name, each.get("value") if isinstance(each, dict) else each, said.line(*path))
    test = ("environments", "test", "scripts", "test")
    if said.text(*test):
        yield Word(what="test", value=said.text(*test), place=said.line(*test))
    checks = ("healthchecks", "web", 0, "path")
    if said.text(*checks):
        yield Word(what="health", value=said.text(*checks), place=said.line(*checks))


def _heroku(text: str) -> Iterator[Word]:
    said = yaml_of(text, "heroku.yml")
    for name, each, path in entries(said.at("run"), ("run",)):
        line = text_of(each) or text_of(each.get("command") if isinstance(each, dict) else "")
        if line:
            yield process(name, line, said.line(*path))
    release = said.text("release", "command", 0) or said.text("release", "command")
    if release:
        yield process("release", release, said.line("release", "command"))
    dockerfile = ("build", "docker", "web")
    if said.text(*dockerfile):
        yield Word(what="dockerfile", value=said.text(*dockerfile), place=said.line(*dockerfile))


def _railway(texts: Mapping[str, str]) -> Iterator[Word]:
    said = json_of(texts.get("railway.json", ""), "railway.json")
    for key, what, name in (("startCommand", "command", "web"), ("healthcheckPath", "health", "")):
        if said.text("deploy", key):
            place = said.line("deploy", key)
            yield Word(what=what, name=name, value=said.text("deploy", key), place=place)  # type: ignore[arg-type]
        text = texts.get("railway.toml", "")
        deploy = toml_of(text).get("deploy")
        value = text_of(deploy.get(key)) if isinstance(deploy, dict) else ""
        if value:
            place = line_in(text, "railway.toml", rf"^[ \t]*{re.escape(key)}[ \t]*=")
            yield Word(what=what, name=name, value=value, place=place)  # type: ignore[arg-type]
