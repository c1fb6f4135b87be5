"""Items, builds and the queue as JSON, by `depth` or by `tree`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.controller import forms
from tests.controller.builds import Build, Waiting
from tests.controller.state import Item, State

_BUILD = "org.jenkinsci.plugins.workflow.job.WorkflowRun"
_CREDENTIALS = {"_class": "com.cloudbees.plugins.credentials.ViewCredentialsAction"}


class Answers:
    """A controller's beans."""

    def __init__(self, state: State) -> None:
        self.state = state

    def url(self, item: Item) -> str:
        """An item's address: an encoded name is encoded again."""
        if not item.name:
            return f"{self.state.root_url}/"
        return f"{self.url(item.parent) if item.parent else ''}job/{quote(item.name, safe='+')}/"

    def item(self, item: Item, depth: int) -> dict[str, Any]:
        """An item; what is in it is short where the depth is used up."""
        if item is self.state.root:
            return self._root(depth)
        bean: dict[str, Any] = {
            "_class": item.kind,
            "actions": self._actions(item),
            "description": item.value("description"),
            "displayName": item.value("displayName") or item.name,
            "displayNameOrNull": item.value("displayName") or None,
            "fullDisplayName": self._display(item),
            "fullName": item.path,
            "name": item.name,
            "url": self.url(item),
            "healthReport": self._health(item),
        }
        return bean | (self._folder(item, depth) if item.is_folder else self._project(item, depth))

    def short(self, item: Item) -> dict[str, Any]:
        """An item inside another."""
        bean = {"_class": item.kind, "name": item.name, "url": self.url(item)}
        return bean if item.is_folder else bean | {"color": self._color(item)}

    def _inner(self, item: Item, depth: int) -> dict[str, Any]:
        return self.item(item, depth - 1) if depth else self.short(item)

    def _root(self, depth: int) -> dict[str, Any]:
        view = {"_class": "hudson.model.AllView", "name": "all", "url": f"{self.state.root_url}/"}
        return {
            "_class": "hudson.model.Hudson",
            "assignedLabels": [{"name": "built-in"}],
            "mode": "NORMAL",
            "nodeDescription": "the Jenkins controller's built-in node",
            "nodeName": "",
            "numExecutors": 4,
            "description": None,
            "jobs": [self._inner(each, depth) for each in self.state.root.listed()],
            "overallLoad": {},
            "primaryView": view,
            "quietDownReason": None,
            "quietingDown": self.state.quiet,
            "slaveAgentPort": -1,
            "unlabeledLoad": {"_class": "jenkins.model.UnlabeledLoadStatistics"},
            "url": f"{self.state.root_url}/",
            "useCrumbs": True,
            "useSecurity": bool(self.state.users),
            "views": [view],
        }

    def _actions(self, item: Item) -> list[dict[str, Any]]:
        if item.root == forms.FOLDER:
            return [{}, {}, _CREDENTIALS]
        if item.root == forms.MULTIBRANCH:
            return [{}, {}, {}, {}, {}, _CREDENTIALS] if item.children else [{}, {}, {}, {}, _CREDENTIALS]
        display = {"_class": "org.jenkinsci.plugins.displayurlapi.actions.JobDisplayAction"}
        of_branch = bool(item.parent and item.parent.root == forms.MULTIBRANCH)
        return [*[{}] * (of_branch + item.dead), {}, {}, display, {}, {}, _CREDENTIALS]

    def _folder(self, item: Item, depth: int) -> dict[str, Any]:
        kind, name = "hudson.model.AllView", "All"
        more: dict[str, Any] = {}
        if item.root == forms.MULTIBRANCH:
            branches = bool(item.children)
            kind = "jenkins.branch.MultiBranchProject" + ("ViewHolder$ViewImpl" if branches else "EmptyView")
            name = "default" if branches else "welcome"
            more = {"buildable": not item.disabled, "sources": [{}]}
        view = {"_class": kind, "name": name, "url": self.url(item)}
        jobs = [self._inner(each, depth) for each in item.listed()]
        return {"jobs": jobs, "primaryView": view, "views": [view], **more}

    def _project(self, item: Item, depth: int) -> dict[str, Any]:
        builds = [item.builds[number] for number in sorted(item.builds, reverse=True)]
        done = [each for each in builds if not each.building]
        good = [each for each in done if each.result == "SUCCESS"]

        def first(of: list[Build]) -> dict[str, Any] | None:
            return (
                self.build(item, of[0], depth - 1)
                if of and depth
                else self._build_short(item, of[0])
                if of
                else None
            )

        waiting = next(
            (each for each in self.state.queue.values() if each.path == item.path and not each.left), None
        )
        return {
            "buildable": not (item.disabled or item.hold_off or item.dead),
            "builds": [self._build_short(item, each) for each in builds],
            "color": self._color(item),
            "firstBuild": first(builds[-1:]),
            "keepDependencies": False,
            "lastBuild": first(builds),
            "lastCompletedBuild": first(done),
            "lastFailedBuild": first([each for each in done if each.result == "FAILURE"]),
            "lastStableBuild": first(good),
            "lastSuccessfulBuild": first([each for each in done if each.result in ("SUCCESS", "UNSTABLE")]),
            "lastUnstableBuild": first([each for each in done if each.result == "UNSTABLE"]),
            "lastUnsuccessfulBuild": first([each for each in done if each.result != "SUCCESS"]),
            "nextBuildNumber": item.next_number,
            "property": self.properties(item),
            "concurrentBuild": "DisableConcurrentBuildsJobProperty" not in item.text,
            "inQueue": waiting is not None,
            "queueItem": {"_class": self._waiting_class(waiting)} if waiting else None,
            "resumeBlocked": False,
        }

    def properties(self, item: Item) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        properties = forms.parsed(item.text).find("properties")
        for each in properties if properties is not None else ():
            if each.tag == "hudson.model.ParametersDefinitionProperty":
                found.append({"_class": each.tag, "parameterDefinitions": list(map(_parameter, each[0]))})
            elif each.tag.endswith("BranchJobProperty"):
                branch = {"_class": "jenkins.branch.Branch$Dead"} if item.dead else {}
                found.append({"_class": each.tag, "branch": branch})
            elif each.tag.endswith(
                ("BuildDiscarderProperty", "ConcurrentBuildsJobProperty", "TriggersJobProperty")
            ):
                found.append({"_class": each.tag})
        return found

    def _display(self, item: Item) -> str:
        above = self._display(item.parent) + " » " if item.parent and item.parent.name else ""
        return above + (item.value("displayName") or item.name)

    def _health(self, item: Item) -> list[dict[str, Any]]:
        done = [each for each in item.builds.values() if not each.building]
        if not done or item.is_folder:
            return []
        bad = sum(each.result != "SUCCESS" for each in done)
        if bad:
            what = "All recent" if bad == len(done) else f"{bad} out of the last {len(done)}"
            report = {"iconClassName": "icon-health-00to19", "iconUrl": "health-00to19.png", "score": 0}
            return [{"description": f"Build stability: {what} builds failed.", **report}]
        return [
            {
                "description": "Build stability: No recent builds failed.",
                "iconClassName": "icon-health-80plus",
                "iconUrl": "health-80plus.png",
                "score": 100,
            }
        ]

    def _color(self, item: Item) -> str:
        if item.disabled or item.dead:
            return "disabled"
        builds = [item.builds[number] for number in sorted(item.builds)]
        done = [each for each in builds if not each.building]
        colors = {"SUCCESS": "blue", "UNSTABLE": "yellow", "FAILURE": "red", "ABORTED": "aborted"}
        color = colors.get(done[-1].result or "", "notbuilt") if done else "notbuilt"
        return color + ("_anime" if builds and builds[-1].building else "")

    # --- builds and the queue ---------------------------------------------------------------------

    def _build_short(self, item: Item, build: Build) -> dict[str, Any]:
        return {"_class": _BUILD, "number": build.number, "url": f"{self.url(item)}{build.number}/"}

    def build(self, item: Item, build: Build, depth: int = 0) -> dict[str, Any]:
        """A build."""
        numbers = sorted(item.builds)
        at = numbers.index(build.number)
        return {
            **self._build_short(item, build),
            "actions": [{"_class": "hudson.model.CauseAction", "causes": [_cause()]}],
            "artifacts": [],
            "building": build.building,
            "description": build.description,
            "displayName": f"#{build.number}",
            "duration": build.duration,
            "estimatedDuration": build.duration or -1,
            "executor": {"_class": "hudson.model.OneOffExecutor"} if build.building else None,
            "fullDisplayName": f"{self._display(item)} #{build.number}",
            "id": str(build.number),
            "keepLog": False,
            "queueId": build.queue_id,
            "result": build.result,
            "timestamp": build.timestamp,
            "changeSets": [],
            "culprits": [],
            "inProgress": build.building,
            "nextBuild": self._neighbour(item, numbers, at + 1),
            "previousBuild": self._neighbour(item, numbers, at - 1),
        }

    def _neighbour(self, item: Item, numbers: list[int], at: int) -> dict[str, Any] | None:
        if not 0 <= at < len(numbers):
            return None
        return {"number": numbers[at], "url": f"{self.url(item)}{numbers[at]}/"}

    def waiting(self, waiting: Waiting) -> dict[str, Any]:
        """An item of the queue."""
        item = self.state.find(waiting.path)
        bean: dict[str, Any] = {
            "_class": self._waiting_class(waiting),
            "actions": [{"_class": "hudson.model.CauseAction", "causes": [_cause()] * waiting.causes}],
            "blocked": waiting.blocked,
            "buildable": False,
            "id": waiting.id,
            "inQueueSince": waiting.since,
            "params": "".join(f"\n{name}={value}" for name, value in waiting.parameters.items()),
            "stuck": False,
            "task": self.short(item) if item else {},
            "url": f"queue/item/{waiting.id}/",
            "why": None if waiting.left else waiting.why,
        }
        if waiting.left:
            build = item.builds.get(waiting.build) if item and waiting.build else None
            named = self._build_short(item, build) if item and build else None
            return bean | {"cancelled": waiting.cancelled, "executable": named}
        if waiting.blocked:
            return bean | {"buildableStartMilliseconds": waiting.since}
        return bean | {"timestamp": waiting.since}

    def _waiting_class(self, waiting: Waiting) -> str:
        kind = "Left" if waiting.left else "Blocked" if waiting.blocked else "Waiting"
        return f"hudson.model.Queue${kind}Item"

    def computers(self) -> dict[str, Any]:
        """Who is at work: a pipeline is on no executor of a node, but on one of its own."""
        running = [(item, build) for item in self.state.root.below() for build in item.builds.values()]
        busy = [
            {"currentExecutable": self._build_short(item, build) | {"fullDisplayName": _shown(item, build)}}
            for item, build in running
            if build.building
        ]
        node = {
            "_class": "hudson.model.Hudson$MasterComputer",
            "displayName": "Built-In Node",
            "executors": [{"currentExecutable": None}, {"currentExecutable": None}],
            "oneOffExecutors": busy,
        }
        return {"_class": "hudson.model.ComputerSet", "busyExecutors": 0, "computer": [node]}

    def queue(self) -> dict[str, Any]:
        """What waits."""
        items = [self.waiting(each) for each in self.state.queue.values() if not each.left]
        return {"_class": "hudson.model.Queue", "discoverableItems": [], "items": items}


def _shown(item: Item, build: Build) -> str:
    return f"{item.path.replace('/', ' » ')} #{build.number}"


def _cause() -> dict[str, Any]:
    return {
        "_class": "hudson.model.Cause$UserIdCause",
        "shortDescription": "Started by user anonymous",
        "userId": None,
        "userName": "anonymous",
    }


def _parameter(element: Any) -> dict[str, Any]:
    kind = element.tag.rpartition(".")[2]
    value = element.findtext("defaultValue")
    choices = {}
    if kind == "ChoiceParameterDefinition":
        value = element.findtext(".//string")
        choices = {"choices": [each.text or "" for each in element.iter("string")]}
    return {
        **choices,
        "_class": element.tag,
        "defaultParameterValue": {"name": element.findtext("name"), "value": value},
        "description": element.findtext("description") or "",
        "name": element.findtext("name"),
        "type": kind,
    }
