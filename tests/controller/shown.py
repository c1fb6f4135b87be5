"""Items and builds of the double, made what a recording shows of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from tests.controller import forms
from tests.controller.builds import Build
from tests.controller.state import Item


def earlier(item: Item, number: int) -> None:
    """The builds that were before one, of which the recording says nothing."""
    for each in range(min(item.builds, default=number), number):
        item.builds.setdefault(each, Build(each, 0, building=False, result="SUCCESS", duration=1000))


def build_wrote(item: Item, recorded: str) -> None:
    """A build has written its Jenkinsfile's options into the configuration."""
    ours, theirs = forms.parsed(item.text), forms.parsed(recorded)
    for name in ("actions", "properties"):
        mine, other = ours.find(name), theirs.find(name)
        if mine is not None and other is not None and not len(mine):
            mine.extend(list(other))
    item.text = forms.saved(ET.tostring(ours, encoding="unicode"))


def show_branch(item: Item, bean: dict[str, Any]) -> None:
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
        colored(item, color)
    elif color.startswith(("blue", "red", "yellow")):
        item.builds[1] = Build(1, 0)
        item.next_number = 2
        colored(item, color)


def same_builds(item: Item, bean: dict[str, Any]) -> None:
    for each in bean.get("builds", ()):
        item.builds.setdefault(each["number"], Build(each["number"], 0, building=False, result="SUCCESS"))
    item.next_number = bean.get("nextBuildNumber", item.next_number)
    if "lastCompletedBuild" in bean:
        done = (bean["lastCompletedBuild"] or {}).get("number", 0)
        for number, build in item.builds.items():
            set_build(build, building=number > done, result=build.result or "SUCCESS")


RESULTS = {"blue": "SUCCESS", "red": "FAILURE", "yellow": "UNSTABLE", "aborted": "ABORTED"}


def colored(item: Item, color: str) -> None:
    """Builds that give a job this colour."""
    word, anime, _ = color.partition("_anime")
    last = item.builds[max(item.builds)]
    last.building, last.result = bool(anime), None if anime else RESULTS.get(word)


def set_build(build: Build, *, building: bool, result: str) -> None:
    build.building = building
    build.result = None if building else result
    build.duration = 0 if building else 1000
