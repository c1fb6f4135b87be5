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
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import requests

from tests.controller import forms
from tests.controller.builds import Build, Waiting
from tests.controller.faults import Fault
from tests.controller.server import Controller
from tests.controller.state import CLASSES, Item, State

RECORDINGS = Path(__file__).parent / "recordings"
Exchange = dict[str, Any]

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

CANNED = re.compile(
    r"/pipeline-model-converter/|/scriptText|/computer/|/pluginManager/|/indexing/|/computation/|/wfapi/|/input/"
    r"|/progressiveHtml|/api/xml|/checkJobName|/testReport/|/injectedEnvVars/|^/me/|/nextbuildnumber/"
    r"|/doWipeOutWorkspace|/nosuchpage|/queue/api/json"
)
"""What has no state in the double: these are answered as they were recorded, and counted."""


@dataclass
class Recording:
    """One recorded file."""

    name: str
    exchanges: list[Exchange]

    @classmethod
    def read(cls, path: Path) -> Recording:
        """The recording in a file."""
        body = json.loads(path.read_text())
        name = path.parent.name if path.name == "exchanges.json" else path.stem
        return cls(name, body.get("exchanges", []))


def recordings() -> list[Recording]:
    """All of them."""
    paths = [*sorted(RECORDINGS.glob("*.json")), *sorted(RECORDINGS.glob("jobs/*/exchanges.json"))]
    return [each for each in map(Recording.read, paths) if each.exchanges]


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


# --- the world around a recording -----------------------------------------------------------------

_BUILD_PATH = re.compile(r"^((?:/job/[^/]+)+)/(\d+|lastBuild|lastSuccessfulBuild|lastFailedBuild)/(.*)$")
_ITEM_PATH = re.compile(r"^((?:/job/[^/]+)+)/(.*)$")


class World:
    """What happens around the requests: who asks, and what went on between them."""

    def __init__(self, controller: Controller, recording: Recording) -> None:
        self.controller = controller
        self.state: State = controller.state
        self.recording = recording
        self.crumbs: dict[str, str] = {}
        self.cookies: dict[str, str] = {}
        self.items: dict[int, int] = {}
        """Recorded queue ids to ours."""
        self.down = False
        self.session_of: dict[int, str] = {}
        """Where a request carries the session of another crumb than its own: by its number, that crumb."""
        self.wrong_password: frozenset[int] = frozenset()
        """The requests whose password is a wrong one."""
        self.state.last_words = ""
        _furnish(self.state, recording)

    # who asks

    def account(self, headers: dict[str, str]) -> str:
        """Which client it is."""
        return headers.get("Authorization", "") + headers.get("Jenkins-Crumb", "")

    def login(self, number: int, headers: dict[str, str]) -> tuple[str, str] | None:
        """The account behind a masked header."""
        kind = headers.get("Authorization", "")
        if "api-token" in kind:
            return "robot", "token"
        if kind:
            return "robot", "wrong" if number in self.wrong_password else "password"
        return None

    def crumb(self, recorded: str) -> str:
        """Our crumb for a recorded one; one that no recorded answer gave is sent as it is."""
        return self.crumbs.get(recorded, recorded)

    def remember(self, exchange: Exchange, ours: requests.Response) -> None:
        """What the crumb of a recorded answer is here."""
        crumb = ours.json()["crumb"]
        self.crumbs[json.loads(exchange["response"]["body"])["crumb"]] = crumb
        self.cookies[crumb] = ours.cookies.get("JSESSIONID.5d0f3f4b") or self.state.crumbs[crumb]

    def timeout(self, exchange: Exchange) -> float:
        """How long that client waited."""
        error = exchange.get("error", {}).get("type", "")
        return 0.2 if "Timeout" in error else 30

    # names of then and now

    def translated(self, path: str) -> str:
        """A recorded address with our queue ids."""

        def replace(found: re.Match[str]) -> str:
            return f"{found[1]}{self.items.get(int(found[2]), int(found[2]))}"

        return re.sub(r"(queue/item/|cancelItem\?id=)(\d+)", replace, path)

    def location(self, recorded: str | None) -> str | None:
        """A recorded address without its queue id."""
        return re.sub(r"queue/item/\d+", "queue/item/N", recorded) if recorded else None

    def ours(self, location: str | None) -> str | None:
        """Our address, compared alike."""
        return self.location(location)

    def translate_json(self, bean: Any) -> Any:
        """Our bean with the recorded queue ids."""
        back = {ours: recorded for recorded, ours in self.items.items()}
        if isinstance(bean, dict):
            out = {key: self.translate_json(value) for key, value in bean.items()}
            if str(out.get("_class", "")).startswith("hudson.model.Queue$") and out.get("id") in back:
                out["url"] = f"queue/item/{back[out['id']]}/"
                out["id"] = back[out["id"]]
            return out
        return [self.translate_json(each) for each in bean] if isinstance(bean, list) else bean

    # what went on

    def before(self, number: int, exchange: Exchange) -> bool:
        """Move the world to where it was when this request was made; whether its answer is canned."""
        self._server(exchange)
        if self.down:
            return False
        with self.controller.lock:
            self.state.canned.clear()
            self._note_queue(number)
            self._move(exchange)
            recorded = exchange.get("response")
            if recorded is None or not CANNED.search(exchange["path"]):
                return False
            path = self.translated(urlsplit(exchange["path"]).path)
            self.state.canned[exchange["method"], path] = (
                recorded["status"],
                {key: value for key, value in recorded["headers"].items() if key in _REPEATED},
                recorded.get("body") or "",
            )
            return True

    def _server(self, exchange: Exchange) -> None:
        error = exchange.get("error", {}).get("type", "")
        status = (exchange.get("response") or {}).get("status")
        if error == "ConnectionError" and not self.down:
            self.controller.down()
            self.down = True
        elif self.down and error != "ConnectionError":
            self.controller.up(starting=True)
            self.down = False
        if "Timeout" in error:
            self.controller.faults.append(Fault("slow", times=1, path="scriptText", detail="0.6"))
        if status == 503:
            self.controller.starting = True
        elif status is not None:
            self.controller.starting = False

    def _note_queue(self, number: int) -> None:
        """Which of our queue ids a recorded trigger got."""
        if number == 0:
            return
        last = self.recording.exchanges[number - 1]
        location = (last.get("response") or {}).get("headers", {}).get("Location", "")
        found = re.search(r"queue/item/(\d+)", location)
        if found and self.state.queue:
            path = _path(_ITEM_PATH.match(urlsplit(last["path"]).path))
            ours = [each.id for each in self.state.queue.values() if each.path == path]
            if ours:
                self.items.setdefault(int(found[1]), max(ours))

    def _move(self, exchange: Exchange) -> None:
        recorded = exchange.get("response") or {}
        if recorded.get("status") != 200:
            return
        path = urlsplit(exchange["path"]).path
        queue = re.match(r"^/queue/item/(\d+)/api/json", path)
        if queue:
            self._queue_item(int(queue[1]), json.loads(recorded["body"]))
            return
        build = _BUILD_PATH.match(path)
        if build:
            self._build(build, exchange["path"], recorded)
        elif path.endswith("/config.xml") and exchange["method"] == "GET":
            self._config(path, recorded["body"])
        elif path.endswith("/api/json"):
            self._indexed(_path(_ITEM_PATH.match(path)), json.loads(recorded["body"]))

    def _queue_item(self, recorded_id: int, bean: dict[str, Any]) -> None:
        waiting = self.state.queue.get(self.items.get(recorded_id, -1))
        if waiting is None:
            return
        waiting.polls = -1000
        waiting.why = bean.get("why") or ""
        waiting.blocked = bean["_class"].endswith("BlockedItem")
        waiting.left = bean["_class"].endswith("LeftItem")
        number = (bean.get("executable") or {}).get("number")
        if number:
            self._begun(waiting, number)
        item = self.state.find(waiting.path)
        color = bean.get("task", {}).get("color", "")
        if item and color.endswith("_anime") and not item.builds and not waiting.build:
            left, why = waiting.left, waiting.why
            self._begun(waiting, item.next_number)
            waiting.left, waiting.why = left, why
        if item and item.builds:
            _colored(item, color)

    def _begun(self, waiting: Waiting, number: int) -> None:
        item = self.state.find(waiting.path)
        if item is None:
            return
        if number not in item.builds:
            for each in item.builds.values():
                _set(each, building=False, result=each.result or "SUCCESS")
            _earlier(item, number)
            item.next_number = number
            self.state.begin(waiting)
        waiting.left, waiting.build = True, number

    def _build(self, match: re.Match[str], full: str, recorded: dict[str, Any]) -> None:
        item = self.state.find(_path(match))
        if item is None or (match[2] not in ("lastBuild", "lastSuccessfulBuild") and not match[2].isdigit()):
            return
        number = max(item.builds, default=1)
        if match[2].isdigit():
            number = int(match[2])
        elif match[3].startswith("api/json"):
            number = json.loads(recorded["body"]).get("number", number)
        build = item.builds.get(number)
        if build is None:
            _earlier(item, number)
            build = item.builds[number] = Build(number, 0)
            item.next_number = max(item.next_number, number + 1)
        if match[3].startswith("api/json"):
            bean = json.loads(recorded["body"])
            if "building" in bean:
                _set(build, building=bean["building"], result=bean.get("result") or "SUCCESS")
            build.description = bean.get("description")
        elif match[3].startswith("logText/progressiveText"):
            size = int(recorded["headers"]["X-Text-Size"])
            start = int((re.search(r"start=(\d+)", full) or [0, 0])[1])
            _set(build, building="X-More-Data" in recorded["headers"], result=build.result or "SUCCESS")
            if (start == build.raw and size > build.raw) or (start == 0 and not build.pieces):
                build.write(recorded["body"], size)
        elif match[3] == "consoleText" and build.since(0).replace("\r\n", "\n") != recorded["body"]:
            build.pieces = [(0, recorded["body"].replace("\n", "\r\n"))]

    def _config(self, path: str, recorded: str) -> None:
        """Jenkins saved the job in between, where the recorded text is in its own form and ours is not."""
        item = self.state.find(_path(_ITEM_PATH.match(path)))
        if item is None:
            return
        if not recorded.startswith("<?xml version='1.1'"):
            return
        if not item.text.startswith("<?xml version='1.1'"):
            item.save()
        if item.parent and item.parent.root == forms.MULTIBRANCH:
            item.text = forms.saved(recorded)  # what indexing wrote
        elif "Property>" in recorded:
            _build_wrote(item, recorded)

    def _indexed(self, path: str, bean: dict[str, Any]) -> None:
        """Indexing has found branches, and let others go."""
        item = self.state.find(path)
        if item is None:
            return
        if item.parent and item.parent.root == forms.MULTIBRANCH:
            item.dead = any("Dead" in str(each.get("branch")) for each in bean.get("property", ()))
            if bean.get("inQueue") is False:
                for each in self.state.queue.values():
                    each.left = each.left or each.path == item.path
            _same_builds(item, bean)
        if item.root == forms.FOLDER:
            for each in bean.get("jobs") or ():
                self._indexed(f"{path}/{each.get('name')}" if path else str(each.get("name")), each)
        if item.root == forms.MULTIBRANCH and all("name" in each for each in bean.get("jobs", [{}])):
            self._branches(item, bean["jobs"])

    def _branches(self, item: Item, found: list[dict[str, Any]]) -> None:
        for gone in set(item.children) - {each["name"] for each in found}:
            del item.children[gone]
        for each in found:
            branch = item.children.get(each["name"])
            _branch(branch or self.state.make(f"{item.path}/{each['name']}", "pipeline"), each)


def _earlier(item: Item, number: int) -> None:
    """The builds that were before one, of which the recording says nothing."""
    for each in range(min(item.builds, default=number), number):
        item.builds.setdefault(each, Build(each, 0, building=False, result="SUCCESS", duration=1000))


def _build_wrote(item: Item, recorded: str) -> None:
    """A build has written its Jenkinsfile's options into the configuration."""
    ours, theirs = forms.parsed(item.text), forms.parsed(recorded)
    for name in ("actions", "properties"):
        mine, other = ours.find(name), theirs.find(name)
        if mine is not None and other is not None and not len(mine):
            mine.extend(list(other))
    item.text = forms.saved(ET.tostring(ours, encoding="unicode"))


def _branch(item: Item, bean: dict[str, Any]) -> None:
    """A branch's job as a listing shows it."""
    branch = "org.jenkinsci.plugins.workflow.multibranch.BranchJobProperty"
    if branch not in item.text:
        name = unquote(item.name)
        shown = f"<displayName>{name}</displayName>" if name != item.name else ""
        item.text = forms.saved(
            f"<flow-definition>{shown}<properties><{branch}/></properties></flow-definition>"
        )
    color = bean.get("color", "")
    item.dead = color == "disabled"
    last = bean.get("lastBuild")
    if last and last["number"] not in item.builds:
        item.builds[last["number"]] = Build(last["number"], 0)
        item.next_number = last["number"] + 1
    if item.builds and not item.dead:
        _colored(item, color)
    elif color.startswith(("blue", "red", "yellow")):
        item.builds[1] = Build(1, 0)
        item.next_number = 2
        _colored(item, color)


def _same_builds(item: Item, bean: dict[str, Any]) -> None:
    for each in bean.get("builds", ()):
        item.builds.setdefault(each["number"], Build(each["number"], 0, building=False, result="SUCCESS"))
    item.next_number = bean.get("nextBuildNumber", item.next_number)
    if "lastCompletedBuild" in bean:
        done = (bean["lastCompletedBuild"] or {}).get("number", 0)
        for number, build in item.builds.items():
            _set(build, building=number > done, result=build.result or "SUCCESS")


_RESULTS = {"blue": "SUCCESS", "red": "FAILURE", "yellow": "UNSTABLE", "aborted": "ABORTED"}


def _colored(item: Item, color: str) -> None:
    """Builds that give a job this colour."""
    word, anime, _ = color.partition("_anime")
    last = item.builds[max(item.builds)]
    last.building, last.result = bool(anime), None if anime else _RESULTS.get(word)


_REPEATED = ("Content-Type", "X-Jenkins", "X-Text-Size", "X-More-Data", "Location", "X-Error")


def _set(build: Build, *, building: bool, result: str) -> None:
    build.building = building
    build.result = None if building else result
    build.duration = 0 if building else 1000


def _path(match: re.Match[str] | None) -> str:
    return "/".join(unquote(part) for part in re.findall(r"/job/([^/]+)", match[1])) if match else ""


# --- what was there when a recording began --------------------------------------------------------


def _furnish(state: State, recording: Recording) -> None:
    """Make the items that the recording finds and has not made itself, with the builds of before."""
    made: set[str] = set()
    seen: set[str] = set()
    numbers: dict[str, tuple[int, str]] = {}
    for exchange in recording.exchanges:
        recorded = exchange.get("response") or {}
        parts = urlsplit(exchange["path"])
        match = _ITEM_PATH.match(parts.path if parts.path.endswith("/") else parts.path + "/")
        path = _path(match)
        _note_made(exchange, path, made)
        if recorded.get("status", 999) < 400 or recorded.get("status") == 409:
            _ensure(state, path, made, "pipeline" if _is_project(parts.path) else "folder")
            _furnish_config(state, exchange, path, made)
        if recorded.get("headers", {}).get("Content-Type", "").startswith("application/json"):
            bean = json.loads(recorded["body"])
            if not _BUILD_PATH.match(parts.path):
                _ensure_all(state, bean, path, made, seen)
            task = bean.get("task") or {}
            _furnish_color(
                state.find(_path(_ITEM_PATH.match(urlsplit(task.get("url", "")).path))),
                task.get("color", "").removesuffix("_anime"),
                False,
            )
            _note_numbers(bean, numbers)
    for path, (number, color) in numbers.items():
        item = state.find(path)
        if item is not None:
            item.builds.clear()
            for each in range(1, number) if not color.startswith("notbuilt") else ():
                item.builds[each] = Build(each, 0, building=False, result="SUCCESS", duration=1000)
            item.next_number = number


def _furnish_config(state: State, exchange: Exchange, path: str, made: set[str]) -> None:
    """A configuration that was there before is the recorded one, read and written again."""
    item = state.find(path)
    shown = exchange["method"] == "GET" and exchange["path"].endswith("/config.xml")
    if item is not None and path and shown and "/credential/" not in exchange["path"] and path not in made:
        text = exchange["response"]["body"]
        item.root = forms.root_of(text)
        item.text = forms.saved(text) if text.startswith("<?xml version='1.1'") else forms.stored(text)


def _note_made(exchange: Exchange, path: str, made: set[str]) -> None:
    found = re.search(r"createItem\?name=([^&]+)", exchange["path"])
    if found and (exchange.get("response") or {}).get("status") in (200, 302):
        name = unquote(found[1]).strip()
        made.add(f"{path}/{name}" if path else name)
    renamed = re.search(r"(?:doRename|confirmRename)\?newName=([^&]+)", exchange["path"])
    if renamed:
        made.add(f"{path.rpartition('/')[0]}/{unquote(renamed[1])}")


def _is_project(path: str) -> bool:
    return bool(_BUILD_PATH.match(path)) or path.rstrip("/").endswith(("/build", "/buildWithParameters"))


def _ensure(state: State, path: str, made: set[str], kind: str) -> None:
    known = any(path == each or path.startswith(each + "/") for each in made)
    if path and not known and state.find(path) is None:
        above = path.rpartition("/")[0]
        _ensure(state, above, made, "folder")
        item = state.make(path, kind)
        if kind == "folder":
            item.save()


def _ensure_all(state: State, bean: Any, path: str, made: set[str], seen: set[str]) -> None:
    kinds = {kind: root for root, kind in CLASSES.items()}
    root = kinds.get(bean.get("_class", ""))
    item = state.find(path) if path else None
    if item is not None and root and path not in made and item.root != root and not item.builds:
        item.root, item.text = root, forms.stored(f"<{root}/>")
    for name, key in (("description", "description"), ("displayName", "displayNameOrNull")):
        if item is not None and key in bean and path not in made and f"{path} {key}" not in seen:
            seen.add(f"{path} {key}")
            if bean[key] is not None and item.value(name) is None:
                item.save(**{name: bean[key]})
    for each in bean.get("jobs") or ():
        if "name" in each and each["_class"] in kinds:
            below = f"{path}/{each['name']}" if path else each["name"]
            _ensure(state, below, made, kinds[each["_class"]])
            _ensure_all(state, each, below, made, seen)
            _furnish_color(state.find(below), each.get("color", ""), below in made)


def _furnish_color(item: Item | None, color: str, is_made: bool) -> None:
    if item is not None and not is_made and color == "disabled" and not item.disabled:
        item.save(disabled="true")
    if item is None or is_made or item.builds or not color.startswith(tuple(_RESULTS)):
        return
    item.builds[1] = Build(1, 0)
    item.next_number = 2
    _colored(item, color)


def _note_numbers(bean: Any, numbers: dict[str, tuple[int, str]]) -> None:
    """The first build that a recording shows of each job."""
    url = (bean.get("executable") or {}).get("url") or (bean.get("url", "") if "number" in bean else "")
    match = _BUILD_PATH.match(urlsplit(url).path)
    if match:
        color = (bean.get("task") or {}).get("color", "")
        numbers.setdefault(_path(match), (int(match[2]), color))


def start(recording: Recording, prepare: Callable[[World], None] = lambda _: None) -> Replay:
    """A double in the state in which the recording began, and the recording to be run against it."""
    state = State()
    state.root_url = "http://jenkins.example"
    controller = Controller(state)
    world = World(controller, recording)
    prepare(world)
    return Replay(recording, controller, world)
