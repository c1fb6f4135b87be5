"""The world around a recording: who asks, and what went on between the requests."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.controller import forms
from tests.controller.builds import Build, Waiting
from tests.controller.faults import Fault
from tests.controller.furnishing import furnish
from tests.controller.recorded import BUILD_PATH, ITEM_PATH, Exchange, Recording, path_of
from tests.controller.server import Controller
from tests.controller.shown import build_wrote, colored, earlier, same_builds, set_build, show_branch
from tests.controller.state import Item, State

CANNED = re.compile(
    r"/pipeline-model-converter/|/scriptText|/computer/|/pluginManager/|/indexing/|/computation/|/wfapi/|/input/"
    r"|/progressiveHtml|/api/xml|/checkJobName|/testReport/|/injectedEnvVars/|^/me/|/nextbuildnumber/"
    r"|/doWipeOutWorkspace|/nosuchpage|/queue/api/json"
)
"""What has no state in the double: these are answered as they were recorded, and counted."""


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
        furnish(self.state, recording)

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
            path = path_of(ITEM_PATH.match(urlsplit(last["path"]).path))
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
        build = BUILD_PATH.match(path)
        if build:
            self._build(build, exchange["path"], recorded)
        elif path.endswith("/config.xml") and exchange["method"] == "GET":
            self._config(path, recorded["body"])
        elif path.endswith("/api/json"):
            self._indexed(path_of(ITEM_PATH.match(path)), json.loads(recorded["body"]))

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
            colored(item, color)

    def _begun(self, waiting: Waiting, number: int) -> None:
        item = self.state.find(waiting.path)
        if item is None:
            return
        if number not in item.builds:
            for each in item.builds.values():
                set_build(each, building=False, result=each.result or "SUCCESS")
            earlier(item, number)
            item.next_number = number
            self.state.begin(waiting)
        waiting.left, waiting.build = True, number

    def _build(self, match: re.Match[str], full: str, recorded: dict[str, Any]) -> None:
        item = self.state.find(path_of(match))
        if item is None or (match[2] not in ("lastBuild", "lastSuccessfulBuild") and not match[2].isdigit()):
            return
        number = max(item.builds, default=1)
        if match[2].isdigit():
            number = int(match[2])
        elif match[3].startswith("api/json"):
            number = json.loads(recorded["body"]).get("number", number)
        build = item.builds.get(number)
        if build is None:
            earlier(item, number)
            build = item.builds[number] = Build(number, 0)
            item.next_number = max(item.next_number, number + 1)
        if match[3].startswith("api/json"):
            bean = json.loads(recorded["body"])
            if "building" in bean:
                set_build(build, building=bean["building"], result=bean.get("result") or "SUCCESS")
            build.description = bean.get("description")
        elif match[3].startswith("logText/progressiveText"):
            size = int(recorded["headers"]["X-Text-Size"])
            start = int((re.search(r"start=(\d+)", full) or [0, 0])[1])
            set_build(build, building="X-More-Data" in recorded["headers"], result=build.result or "SUCCESS")
            if (start == build.raw and size > build.raw) or (start == 0 and not build.pieces):
                build.write(recorded["body"], size)
        elif match[3] == "consoleText" and build.since(0).replace("\r\n", "\n") != recorded["body"]:
            build.pieces = [(0, recorded["body"].replace("\n", "\r\n"))]

    def _config(self, path: str, recorded: str) -> None:
        """Jenkins saved the job in between, where the recorded text is in its own form and ours is not."""
        item = self.state.find(path_of(ITEM_PATH.match(path)))
        if item is None:
            return
        if not recorded.startswith("<?xml version='1.1'"):
            return
        if not item.text.startswith("<?xml version='1.1'"):
            item.save()
        if item.parent and item.parent.root == forms.MULTIBRANCH:
            item.text = forms.saved(recorded)  # what indexing wrote
        elif "Property>" in recorded:
            build_wrote(item, recorded)

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
            same_builds(item, bean)
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
            show_branch(branch or self.state.make(f"{item.path}/{each['name']}", "pipeline"), each)


_REPEATED = ("Content-Type", "X-Jenkins", "X-Text-Size", "X-More-Data", "Location", "X-Error")
