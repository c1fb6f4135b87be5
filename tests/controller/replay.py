"""Replay a recording against the double, and compare the answers.

What a recording does not show (builds that go on, Jenkins saving a job, the queue moving) is told to the
double just before the request that shows it: the world moves as it did then. What the double makes of its
state is its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import requests

from tests.controller import forms
from tests.controller.recorded import Exchange, Recording
from tests.controller.server import Controller
from tests.controller.state import State
from tests.controller.world import World

VOLATILE = frozenset(
    (
        "crumb",
        "timestamp",
        "inQueueSince",
        "buildableStartMilliseconds",
        "duration",
        "estimatedDuration",
        "queueId",
        "fingerprint",
    )
)
"""What no two runs have in common."""

_OF_QUEUE = frozenset(("actions", "params"))
_OF_VIEWS = frozenset(("actions", "primaryView", "views"))
NOT_COMPARED = {
    "org.jenkinsci.plugins.workflow.job.WorkflowRun": frozenset(("actions", "executor")),
    "hudson.model.Queue$WaitingItem": _OF_QUEUE,
    "hudson.model.Queue$BlockedItem": _OF_QUEUE,
    "hudson.model.Queue$LeftItem": _OF_QUEUE,
    forms.FOLDER: _OF_VIEWS,
}
"""Parts of a bean that plugins and views fill, by class; nothing of ours reads them."""


@dataclass
class Mismatch:
    """One answer that is another than the recorded one."""

    at: int
    request: str
    what: str
    recorded: object
    ours: object

    def __str__(self) -> str:
        return (
            f"#{self.at} {self.request}: {self.what}\n  recorded {self.recorded!r}\n  ours     {self.ours!r}"
        )


@dataclass
class Replay:
    """A recording under way."""

    recording: Recording
    controller: Controller
    world: World
    mismatches: list[Mismatch] = field(default_factory=list)
    compared: int = 0
    canned: int = 0

    def run(self) -> None:
        """Send every request of the recording, in order."""
        sessions: dict[str, requests.Session] = {}
        for number, exchange in enumerate(self.recording.exchanges):
            self.canned += self.world.before(number, exchange)
            ours = self._send(number, exchange, sessions)
            self._compare(number, exchange, ours)

    def _send(
        self, number: int, exchange: Exchange, sessions: dict[str, requests.Session]
    ) -> requests.Response | str:
        sent = exchange["request"]
        recorded_crumb = sent["headers"].get("Jenkins-Crumb", "")
        session = sessions.setdefault(self.world.account(sent["headers"]), requests.Session())
        headers = {key: value for key, value in sent["headers"].items() if key == "Content-Type"}
        crumb = self.world.crumb(recorded_crumb)
        if crumb:
            headers["Jenkins-Crumb"] = crumb
        cookie = self.world.cookies.get(self.world.crumb(self.world.session_of.get(number, recorded_crumb)))
        session.cookies.clear()
        if cookie and "Cookie" in sent["headers"]:
            headers["Cookie"] = f"JSESSIONID.5d0f3f4b={cookie}"
        path = self.world.translated(exchange["path"])
        try:
            answer = session.request(
                exchange["method"],
                f"{self.controller.url}{path}",
                data=(sent.get("body") or "").encode() or None,
                headers=headers,
                auth=self.world.login(number, sent["headers"]),
                allow_redirects=False,
                timeout=self.world.timeout(exchange),
            )
        except requests.RequestException as error:
            return type(error).__name__
        if "crumbIssuer" in path and answer.status_code == 200:
            self.world.remember(exchange, answer)
        return answer

    def _compare(self, number: int, exchange: Exchange, ours: requests.Response | str) -> None:
        self.compared += 1
        request = f"{exchange['method']} {unquote(exchange['path'])[:120]}"
        recorded = exchange.get("response")

        def differ(what: str, theirs: object, mine: object) -> None:
            self.mismatches.append(Mismatch(number, request, what, theirs, mine))

        if recorded is None:
            if ours != exchange["error"]["type"]:
                differ(
                    "error", exchange["error"]["type"], ours if isinstance(ours, str) else ours.status_code
                )
            return
        if isinstance(ours, str):
            differ("answer", recorded["status"], ours)
            return
        if ours.status_code != recorded["status"]:
            differ("status", recorded["status"], ours.status_code)
            return
        for name in ("X-Error", "X-Text-Size", "X-More-Data"):
            if ours.headers.get(name) != recorded["headers"].get(name):
                differ(name, recorded["headers"].get(name), ours.headers.get(name))
        theirs = self.world.location(recorded["headers"].get("Location"))
        if theirs != self.world.ours(ours.headers.get("Location")):
            differ("Location", theirs, ours.headers.get("Location"))
        if ("X-Jenkins" in recorded["headers"]) != ("X-Jenkins" in ours.headers):
            differ("X-Jenkins", recorded["headers"].get("X-Jenkins"), ours.headers.get("X-Jenkins"))
        self._compare_bodies(recorded, ours, differ)

    def _compare_bodies(
        self, recorded: Exchange, ours: requests.Response, differ: Callable[[str, object, object], None]
    ) -> None:
        kind = recorded["headers"].get("Content-Type", "").partition(";")[0]
        if kind == "application/json":
            theirs, mine = json.loads(recorded["body"]), ours.json()
            for path, one, other in _differences(theirs, self.world.translate_json(mine), ""):
                differ(f"JSON {path}", one, other)
        elif kind == "application/xml":
            theirs, mine = _unsecret(recorded["body"]), _unsecret(ours.content.decode())
            if theirs != mine:
                at = next((n for n, (a, b) in enumerate(zip(theirs, mine, strict=False)) if a != b), 0)
                differ("XML", theirs[max(0, at - 60) : at + 120], mine[max(0, at - 60) : at + 120])
        elif kind == "text/plain" and recorded["body"] != ours.content.decode():
            differ("text", recorded["body"][:200], ours.content.decode()[:200])


def _unsecret(text: str) -> str:
    return re.sub(r"\{AQAA[^}]*\}", "{secret}", text)


def _differences(theirs: Any, mine: Any, path: str) -> Iterator[tuple[str, object, object]]:
    if isinstance(theirs, dict) and isinstance(mine, dict):
        others = NOT_COMPARED.get(theirs.get("_class", ""), frozenset())
        for key in theirs:
            if key in VOLATILE or key in others:
                continue
            if key not in mine:
                yield f"{path}/{key}", theirs[key], "(none)"
            else:
                yield from _differences(theirs[key], mine[key], f"{path}/{key}")
    elif isinstance(theirs, list) and isinstance(mine, list):
        if len(theirs) != len(mine):
            yield f"{path} length", theirs, mine
        for number, (one, other) in enumerate(zip(theirs, mine, strict=False)):
            yield from _differences(one, other, f"{path}[{number}]")
    elif theirs != mine and not (path.endswith("/url") and unquote(str(theirs)) == unquote(str(mine))):
        # A plus sign is encoded in some addresses of an item and not in others.
        yield path, theirs, mine


def start(recording: Recording, prepare: Callable[[World], None] = lambda _: None) -> Replay:
    """A double in the state in which the recording began, and the recording to be run against it."""
    state = State()
    state.root_url = "http://jenkins.example"
    controller = Controller(state)
    world = World(controller, recording)
    prepare(world)
    return Replay(recording, controller, world)
