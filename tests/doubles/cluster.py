"""Clusters, and what runs in them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelinekit.errors import failed
from pipelinekit.model.deployment import Look, Object
from pipelinekit.model.ground.preparation import MARK, PLATFORM_LABEL, Ground
from pipelinekit.model.platform.document import Cluster as PlatformCluster
from pipelinekit.model.release import Hook, Target, TaskPod
from pipelinekit.model.stored import Running
from pipelinekit.model.trouble import Trouble
from tests.things import Things


@dataclass
class Record:
    """Helm's record of one revision of a release."""

    status: str
    values: Mapping[str, object]
    manifest: str
    labels: Mapping[str, str] = field(default_factory=dict)
    hooks: tuple[Hook, ...] = ()


@dataclass
class Cluster:
    """Namespaces, the records of releases in them, and what is wrong with the pods."""

    namespaces: set[str] = field(default_factory=set)
    records: dict[tuple[str, str], dict[int, Record]] = field(default_factory=dict)
    wrong: list[Trouble] = field(default_factory=list)
    older: list[Trouble] = field(default_factory=list)
    """What is wrong with pods that were there before whoever asks has begun."""
    silent: str = ""
    """The code of what it says to whoever asks what is wrong; empty where it answers."""
    logs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What the pods in trouble said last, as long as they are there."""
    logless: str = ""
    """The code of what it says to whoever asks for a log; empty where it answers."""
    deleted: list[str] = field(default_factory=list)
    may_delete: bool = True
    things: Things = field(default_factory=Things)
    """The objects of the charts that are installed."""
    task_pods: list[TaskPod] = field(default_factory=list)
    task_words: dict[str, str] = field(default_factory=dict)
    """By task: what it said last."""
    tasks_stay: bool = False
    """Whether the pods of tasks that were told to end do not go."""

    ahead: float = 0.0
    """Seconds by which its clock goes ahead of ours."""
    asked_since: float = 0.0
    """From which moment on somebody has asked for troubles."""
    secrets: dict[str, str] | None = field(default_factory=dict)
    """Versions of Secrets by name; None: they may not be read."""

    def secret_versions(self, target: Target, names: Sequence[str]) -> Mapping[str, str] | None:
        del target
        if self.secrets is None:
            return None
        return {name: version for name, version in self.secrets.items() if name in names}

    read: set[str] = field(default_factory=set)
    """The Secrets that all running containers have begun after."""

    def have_read(self, target: Target, names: Sequence[str]) -> bool:
        del target
        return set(names) <= self.read

    def now(self, target: Target) -> float:
        del target
        return time.time() + self.ahead

    def tasks(self, target: Target) -> tuple[TaskPod, ...]:
        del target
        return tuple(self.task_pods)

    def end_tasks(self, target: Target) -> None:
        del target
        if not self.tasks_stay:
            self.task_pods.clear()

    def task_lines(self, target: Target, pod: str, container: str) -> str:
        del target, pod
        return self.task_words.get(container, "")

    def ensure_namespace(self, target: Target) -> bool:
        made = target.namespace not in self.namespaces
        self.namespaces.add(target.namespace)
        return made

    def troubles(self, target: Target, *, since: float = 0, kept: bool = False) -> tuple[Trouble, ...]:
        del target
        self.asked_since = since
        if self.silent:
            raise failed(self.silent, "the cluster does not answer: connection refused", hint="up?")
        return (*self.wrong, *(self.older if kept else ()))

    def last_lines(self, target: Target, trouble: Trouble) -> tuple[str, ...]:
        del target
        if self.logless:
            raise failed(self.logless, "the cluster does not answer: connection refused", hint="up?")
        return self.logs.get(trouble.subject, ())

    def free(self, target: Target, pod: str) -> str:
        del target
        if not self.may_delete:
            return "pods is forbidden"
        self.deleted.append(pod)
        self.wrong = [each for each in self.wrong if each.stuck != pod]
        return ""

    def release_labels(self, target: Target, revision: int) -> Mapping[str, str] | None:
        record = self.records.get((target.namespace, target.name), {}).get(revision)
        return record.labels if record else None

    def drop_release(self, target: Target, revision: int) -> None:
        self.records.get((target.namespace, target.name), {}).pop(revision, None)


@dataclass
class Namespaces:
    """Namespaces with their objects by name; what is applied is laid over what is there."""

    there: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    writes: int = 0
    denied: set[str] = field(default_factory=set)
    """The namespaces that nobody may write to."""

    def ground(self, target: Target) -> Ground:
        objects = self.there.get(target.namespace, {})
        programs = tuple(each for each in objects.values() if each["kind"] == "Deployment")
        return Ground(namespace=objects.get(f"Namespace/{target.namespace}"), programs=programs)

    def ours(self, target: Target, platform: str) -> tuple[str, ...]:
        marks = {MARK: "pipelinekit", PLATFORM_LABEL: platform}
        return tuple(
            name
            for name, each in self.there.get(target.namespace, {}).items()
            if each["kind"] != "Namespace" and marks.items() <= each["metadata"].get("labels", {}).items()
        )

    def look(self, target: Target, objects: Sequence[Object]) -> Look:
        there = self.there.get(target.namespace, {})
        names = [f"{each['kind']}/{each['metadata']['name']}" for each in objects]
        applied = [_laid(there.get(name, {}), each) for name, each in zip(names, objects, strict=True)]
        live = [there[name] for name in names if name in there]
        return Look(live=live, applied=applied if there else (), refused=self.refused)

    def apply(self, target: Target, objects: Sequence[Object]) -> None:
        if target.namespace in self.denied:
            raise failed("cluster-denied", f"the cluster refuses: {target.namespace}")
        there = self.there.setdefault(target.namespace, {})
        for each in objects:
            self.writes += 1
            name = f"{each['kind']}/{each['metadata']['name']}"
            there[name] = _laid(there.get(name, {}), each)

    def remove(self, target: Target, names: Sequence[str]) -> None:
        for name in names:
            self.writes += 1
            del self.there[target.namespace][name]


def _laid(below: Any, above: Any) -> Any:
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {**below, **{name: _laid(below.get(name), each) for name, each in above.items()}}


@dataclass
class Clusters:
    """What each cluster runs; a silent one does not answer."""

    runs: dict[str, Running] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def running(self, cluster: PlatformCluster) -> Running:
        if cluster.name in self.silent:
            raise failed("cluster-unreachable", "Connection refused")
        return self.runs.get(cluster.name, Running())
