"""What was there when a recording began."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.controller import forms
from tests.controller.builds import Build
from tests.controller.recorded import BUILD_PATH, ITEM_PATH, Exchange, Recording, path_of
from tests.controller.shown import RESULTS, colored
from tests.controller.state import CLASSES, Item, State


def furnish(state: State, recording: Recording) -> None:
    """Make the items that the recording finds and has not made itself, with the builds of before."""
    made: set[str] = set()
    seen: set[str] = set()
    numbers: dict[str, tuple[int, str]] = {}
    for exchange in recording.exchanges:
        recorded = exchange.get("response") or {}
        parts = urlsplit(exchange["path"])
        match = ITEM_PATH.match(parts.path if parts.path.endswith("/") else parts.path + "/")
        path = path_of(match)
        _note_made(exchange, path, made)
        if recorded.get("status", 999) < 400 or recorded.get("status") == 409:
            _ensure(state, path, made, "pipeline" if _is_project(parts.path) else "folder")
            _furnish_config(state, exchange, path, made)
        if recorded.get("headers", {}).get("Content-Type", "").startswith("application/json"):
            bean = json.loads(recorded["body"])
            if not BUILD_PATH.match(parts.path):
                _ensure_all(state, bean, path, made, seen)
            task = bean.get("task") or {}
            _furnish_color(
                state.find(path_of(ITEM_PATH.match(urlsplit(task.get("url", "")).path))),
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
    return bool(BUILD_PATH.match(path)) or path.rstrip("/").endswith(("/build", "/buildWithParameters"))


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
    if item is None or is_made or item.builds or not color.startswith(tuple(RESULTS)):
        return
    item.builds[1] = Build(1, 0)
    item.next_number = 2
    colored(item, color)


def _note_numbers(bean: Any, numbers: dict[str, tuple[int, str]]) -> None:
    """The first build that a recording shows of each job."""
    url = (bean.get("executable") or {}).get("url") or (bean.get("url", "") if "number" in bean else "")
    match = BUILD_PATH.match(urlsplit(url).path)
    if match:
        color = (bean.get("task") or {}).get("color", "")
        numbers.setdefault(path_of(match), (int(match[2]), color))
