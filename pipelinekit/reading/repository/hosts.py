"""What hosting services are told: `render.yaml`, `app.json`, `heroku.yml`, `railway.json`, `railway.toml`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from pipelinekit.model.repository.words import WHOLE, Whom, Word
from pipelinekit.reading.repository.candidates import Candidate, chosen
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


def read(texts: Mapping[str, str], whom: Whom = WHOLE) -> Iterator[Word]:
    """The words of each of them that is there."""
    yield from render(texts.get("render.yaml", ""), whom)
    yield from _app_json(texts.get("app.json", ""))
    yield from _heroku(texts.get("heroku.yml", ""))
    yield from _railway(texts)


def render(text: str, whom: Whom = WHOLE) -> Iterator[Word]:
    """Of `render.yaml`, the words of the service that is this program, and of what runs beside it."""
    said = yaml_of(text, "render.yaml")
    services = said.at("services")
    here = [
        number
        for number, each in enumerate(services if isinstance(services, list) else [])
        if isinstance(each, dict)
        and posixpath.normpath(text_of(each.get("rootDir")) or ".") in {".", whom.folder}
        and text_of(each.get("type")) in {"web", "pserv", "worker", "cron"}
    ]
    made = [_candidate(said, each) for each in here]
    pool, ours = chosen(made, whom, own=False)
    if pool and ours is None and whom.alone:
        listed = ", ".join(each.name for each in pool[:12])
        words = f"{listed} are run from here, and none is called as the application: nothing of them is taken"
        yield Word(what="note", value=words, place=said.line("services", here[0]))
    for number, each in zip(here, made, strict=True):
        if ours and each in pool and (each is ours or whom.alone):
            yield from _of_one(said, ("services", number), each, ours)
    if ours and not ours.serves:
        yield Word(what="worker", value="no service of type web", place="render.yaml")


def _candidate(said: Document, number: int) -> Candidate:
    path = ("services", number)
    kind = said.text(*path, "type")
    root = posixpath.normpath(said.text(*path, "rootDir") or ".")
    file = said.text(*path, "dockerfilePath")
    return Candidate(
        name=said.text(*path, "name") or kind,
        context=root,
        dockerfile=posixpath.normpath(posixpath.join(root, file)) if file else "",
        serves=kind in {"web", "pserv"},
        lasts=kind != "cron",
    )


def _of_one(said: Document, path: tuple[str | int, ...], each: Candidate, ours: Candidate) -> Iterator[Word]:
    line = said.text(*path, "startCommand") or said.text(*path, "dockerCommand")
    main = each is ours
    if not main and (each.serves or each.dockerfile != ours.dockerfile):
        words = f"{each.name} is run from here as well: nothing of it is in this application"
        yield Word(what="note", value=words, place=said.line(*path))
        return
    if line:
        name = "web" if main and each.serves else each.name
        yield Word(what="command", name=name, value=line, place=said.line(*path))
    if said.text(*path, "type") == "cron" and said.text(*path, "schedule"):
        words = f"{each.name} runs at {said.text(*path, 'schedule')}: processes.{each.name}.schedule"
        yield Word(what="note", value=words, place=said.line(*path, "schedule"))
    if main:
        yield from _of_service(said, path)


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
