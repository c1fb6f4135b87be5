"""The world of a rollout of components, in memory: definitions, workloads with their pods, answers."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelinekit.errors import failed, refused
from pipelinekit.model.ground.inspection import Facts, Tried, Wants
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Condition, Question
from pipelinekit.model.rollout.part import Answer
from tests import doubles

Object = Mapping[str, Any]
REVISION = "controller-revision-hash"


@dataclass
class Definitions:
    """CustomResourceDefinitions; each version that was ever the stored one stays stored."""

    there: dict[str, Any] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    """How many objects each has."""

    def definitions(self, target: Target, names: Sequence[str]) -> Mapping[str, Object]:
        del target
        return {name: self.there[name] for name in names if name in self.there}

    def known(self, target: Target) -> Sequence[Object]:
        del target
        return tuple(self.there.values())

    def define(self, target: Target, definitions: Sequence[Object]) -> None:
        del target
        for each in definitions:
            made: Any = copy.deepcopy(dict(each))
            name = made["metadata"]["name"]
            stored = list(self.there.get(name, {}).get("status", {}).get("storedVersions", ()))
            new = next(version["name"] for version in made["spec"]["versions"] if version["storage"])
            made["status"] = {"storedVersions": list(dict.fromkeys([*stored, new]))}
            self.there[name] = made

    def undefine(self, target: Target, names: Sequence[str]) -> None:
        del target
        for name in names:
            if self.used.get(name):
                raise refused("definition-used", f"{name} has {self.used[name]} objects")
        for name in names:
            self.there.pop(name, None)


@dataclass
class Parts:
    """Workloads as they are; everything runs in its newest revision but for what `old` names."""

    levels: dict[str, str] = field(default_factory=dict)
    old: list[str] = field(default_factory=list)
    """Pods of the revision before, of a StatefulSet `store` of `replicas` that is OnDelete."""
    leaders: list[str] = field(default_factory=list)
    replicas: int = 3
    deleted: list[str] = field(default_factory=list)
    unready: set[str] = field(default_factory=set)
    """Pods that do not get ready."""
    gone: set[str] = field(default_factory=set)
    """Names of workloads that are not there."""
    lost: set[str] = field(default_factory=set)
    """Objects, like NetworkPolicy/store, that a hand has deleted."""
    scaled: dict[str, int] = field(default_factory=dict)
    """How many pods a hand has said of a workload, by its name."""
    leaving: set[str] = field(default_factory=set)
    """Namespaces that are being deleted."""
    late: int = 0
    """So many looks from now on show workloads whose newest state is not observed."""

    def settle(self, target: Target, *, privileged: bool) -> bool:
        if target.namespace in self.leaving:
            raise refused("object-ending", f"namespace {target.namespace} is being deleted")
        if target.namespace in self.levels:
            return False
        self.levels[target.namespace] = "privileged" if privileged else "restricted"
        return True

    def absent(self, target: Target, objects: Sequence[Object]) -> Sequence[Object]:
        del target
        return [each for each in objects if f"{each['kind']}/{each['metadata']['name']}" in self.lost]

    def ending(self, target: Target) -> Collection[str]:
        del target
        return self.leaving

    def there(self, target: Target, objects: Sequence[Object]) -> Sequence[Object]:
        del target
        behind = self.late > 0
        self.late -= behind
        there = [each for each in objects if each["metadata"]["name"] not in self.gone and "spec" in each]
        return [self._live(each, behind=behind) for each in there]

    def _live(self, each: Object, *, behind: bool) -> Object:
        spec = dict(each["spec"])
        if (scaled := self.scaled.get(each["metadata"]["name"])) is not None:
            spec["replicas"] = scaled
        count = int(spec.get("replicas", 1))
        new = count - len(self.old) if each["kind"] == "StatefulSet" else count
        status = {
            "observedGeneration": 1 if behind else 2,
            "replicas": count,
            "updatedReplicas": new,
            "availableReplicas": count - len(self.unready),
            "updateRevision": "new",
        }
        metadata = {**each["metadata"], "generation": 2}
        return {"kind": each["kind"], "metadata": metadata, "spec": spec, "status": status}

    def pods(self, target: Target, labels: Mapping[str, str], leader: str = "") -> Sequence[Object]:
        del target, labels
        names = [f"store-{number}" for number in range(self.replicas)]
        return [self._pod(name) for name in names if not leader or name in self.leaders]

    def _pod(self, name: str) -> Object:
        ready = "False" if name in self.unready else "True"
        labels = {REVISION: "old" if name in self.old else "new"}
        status = {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]}
        return {"metadata": {"name": name, "labels": labels}, "status": status}

    def delete_pod(self, target: Target, pod: str) -> None:
        del target
        self.deleted.append(pod)
        self.old.remove(pod)


@dataclass
class Answers:
    """What Services answer, in turn; the last answer stays."""

    said: dict[str, list[Answer]] = field(default_factory=dict)
    resources: dict[str, Any] = field(default_factory=dict)
    backups: list[str] = field(default_factory=list)
    backup_fails: str = ""

    def ask(self, target: Target, question: Question) -> Answer:
        del target
        turns = self.said.get(str(question), [Answer(status=0, reason="no endpoints")])
        return turns.pop(0) if len(turns) > 1 else turns[0]

    def resource(self, target: Target, condition: Condition) -> Object | None:
        del target
        found: Object | None = self.resources.get(str(condition))
        return found

    def back_up(self, target: Target, cronjob: str, *, timeout: int) -> str:
        del target, timeout
        if self.backup_fails:
            raise failed("backup-failed", self.backup_fails)
        self.backups.append(cronjob)
        return f"{cronjob}-1"


class Releases(doubles.Releases):
    """Helm as components use it: no definition of a chart is in a release."""

    def everything(self, target: Target, archive: Path, values: Sequence[str]) -> str:
        return super()._rendered(target, archive, values)[1]

    def _rendered(self, target: Target, archive: Path, values: Sequence[str]) -> tuple[dict[str, Any], str]:
        given, manifest = super()._rendered(target, archive, values)
        mine = [each for each in manifest.split("\n---\n") if "CustomResourceDefinition" not in each]
        return given, "\n---\n".join(mine)


class Components:
    """What charts hold, and the end of releases."""

    def __init__(self, releases: Releases) -> None:
        self.releases = releases
        self.volumes: list[str] = []

    def everything(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        return self.releases.everything(target, archive, values)

    def remove(self, target: Target, *, timeout: int) -> bool:
        del timeout
        return self.releases.cluster.records.pop((target.namespace, target.name), None) is not None

    def drop_volumes(self, target: Target, claims: Sequence[str]) -> Sequence[str]:
        del target
        gone = [each for each in self.volumes if each.rpartition("-")[0] in claims]
        self.volumes = [each for each in self.volumes if each not in gone]
        return gone


@dataclass
class Volumes:
    """Claims with what is asked for and what they have; a class grows as long as `growing` names it."""

    sizes: dict[str, list[str]] = field(default_factory=dict)
    """By name: what is asked for, and what there is."""
    growing: set[str] = field(default_factory=lambda: {"fast"})
    stuck: bool = False
    unbound: bool = False
    let_gone: list[str] = field(default_factory=list)

    def claims(self, target: Target, stem: str) -> Sequence[Object]:
        del target
        return [self._claim(name) for name in self.sizes if name.rpartition("-")[0] == stem]

    def _claim(self, name: str) -> Object:
        asked, has = self.sizes[name]
        return {
            "metadata": {"name": name},
            "spec": {"storageClassName": "fast", "resources": {"requests": {"storage": asked}}},
            "status": {"phase": "Pending" if self.unbound else "Bound", "capacity": {"storage": has}},
        }

    def grows(self, target: Target, storage_class: str) -> bool:
        del target
        return storage_class in self.growing

    def grow(self, target: Target, claim: str, size: str) -> None:
        del target
        self.sizes[claim] = [size, self.sizes[claim][1] if self.stuck else size]

    def let_go(self, target: Target, stateful_set: str) -> None:
        del target
        self.let_gone.append(stateful_set)


@dataclass
class Inspector:
    """A cluster that answers as it is told to; `attempts` counts what was made there for a moment."""

    facts: Facts
    tried: Tried
    attempts: int = 0

    def look(self, target: Target, wants: Wants) -> Facts:
        del target, wants
        return self.facts

    def attempt(self, target: Target, wants: Wants) -> Tried:
        del target, wants
        self.attempts += 1
        return self.tried
