"""What the addresses of builds and of the queue do."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.controller import forms
from tests.controller.builds import Build, Waiting
from tests.controller.itemroutes import local
from tests.controller.messages import Answer, Request, depth_of, json_of
from tests.controller.state import Item, Refusal

if TYPE_CHECKING:
    from tests.controller.server import Controller


def trigger(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    if item.root == forms.MULTIBRANCH:
        if item.disabled:
            raise Refusal(500)
        return Answer(302, headers={"Location": local(self, item)})
    if item.root != forms.PIPELINE:
        raise Refusal(404)
    definitions = [
        each["name"]
        for part in self.answers.properties(item)
        for each in part.get("parameterDefinitions", ())
    ]
    given = {**request.query, **request.form} if match[0] == "buildWithParameters" else {}
    if match[0] == "build" and "json" in request.form:
        given = {each["name"]: each["value"] for each in json.loads(request.form["json"])["parameter"]}
    elif match[0] == "build" and definitions:
        raise Refusal(400, signed=False)
    elif match[0] == "buildWithParameters" and not definitions:
        raise Refusal(500)
    _choices(item, given)
    defaults = dict.fromkeys(definitions, "")
    chosen = {**defaults, **{name: value for name, value in given.items() if name in definitions}}
    waiting = self.state.enqueue(item, chosen if given else {})
    where = (
        self.answers.url(item)
        if "json" in request.form
        else f"{self.state.root_url}/queue/item/{waiting.id}/"
    )
    return Answer(201, headers={"Location": where})


def _choices(item: Item, given: dict[str, str]) -> None:
    for each in forms.parsed(item.text).iter("hudson.model.ChoiceParameterDefinition"):
        allowed = [choice.text for choice in each.iter("string")]
        name = each.findtext("name") or ""
        if name in given and given[name] not in allowed:
            raise Refusal(500)


def queue_item(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    waiting = self.state.queue.get(int(match[1]))
    if waiting is None:
        raise Refusal(404)
    _advance(self, waiting)
    return json_of(self.answers.waiting(waiting), request)


def _advance(self: Controller, waiting: Waiting) -> None:
    """Each look at an item is a moment: it waits, it has left without a build, its build has a name."""
    waiting.polls += 1
    if self.state.quiet and not waiting.left:
        waiting.blocked, waiting.why = True, "Jenkins is about to shut down"
        return
    item = self.state.find(waiting.path)
    if item is None or waiting.cancelled or waiting.build:
        return
    if waiting.polls == self.state.queue_polls + 1:
        waiting.left = True
    elif waiting.polls > self.state.queue_polls + 1:
        self.run(item, self.state.begin(waiting))


def queue(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    return json_of(self.answers.queue(), request)


def cancel(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    waiting = self.state.queue.get(int(request.query["id"]))
    if waiting is None or waiting.left:
        raise Refusal(500)
    waiting.left = waiting.cancelled = True
    return Answer(204)


def _build_of(item: Item, name: str) -> Build:
    done = [each for each in item.builds.values() if not each.building]
    if name == "lastBuild":
        found = item.builds.get(max(item.builds, default=0))
    elif name == "lastSuccessfulBuild":
        found = max(
            (each for each in done if each.result in ("SUCCESS", "UNSTABLE")), key=_by_number, default=None
        )
    elif name == "lastFailedBuild":
        found = max((each for each in done if each.result == "FAILURE"), key=_by_number, default=None)
    else:
        found = item.builds.get(int(name))
    if found is None:
        raise Refusal(404)
    return found


def _by_number(build: Build) -> int:
    return build.number


def build(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    return json_of(self.answers.build(item, _build_of(item, match[1]), depth_of(request)), request)


def progress(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    build = _build_of(item, match[1])
    start = int(request.query.get("start", 0))
    if start < 0:
        raise Refusal(500)
    headers = {"X-Text-Size": str(build.raw)} | ({"X-More-Data": "true"} if build.building else {})
    return Answer(200, build.since(start).encode(), "text/plain;charset=utf-8", headers)


def console(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    text = _build_of(item, match[1]).since(0).replace("\r\n", "\n")
    return Answer(200, text.encode(), "text/plain;charset=utf-8")


def stop(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    build = _build_of(item, match[1])
    if build.building:
        if self.state.last_words:
            build.write(self.state.last_words)
        build.finish("ABORTED")
    return Answer(302, headers={"Location": f"{local(self, item)}{build.number}/"})


def delete_build(self: Controller, request: Request, item: Item, match: re.Match[str]) -> Answer:
    del item.builds[_build_of(item, match[1]).number]
    return Answer(302, headers={"Location": local(self, item)})
