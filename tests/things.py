"""The objects of a cluster, in memory: who owns which field, and what an application would make of it.

A server keeps for each manager the fields that it has set: who applies with force takes its own, and what it
no longer declares goes unless somebody else owns it too. Lists count as a whole, but for those of things
with names.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelinekit.model.deployment import Look
from pipelinekit.model.release import Target
from pipelinekit.reading.chart.manifest import read_manifest

Path = tuple[str, ...]


def deployment_of(name: str, values: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """What a small chart says: replicas unless it has an autoscaler, an image, variables."""
    containers = [
        {
            "name": "web",
            "image": f"orders@{mark}",
            "env": [{"name": key, "value": each} for key, each in values.get("env", {}).items()],
        }
    ]
    spec: dict[str, Any] = {"template": {"spec": {"containers": containers}}}
    if not values.get("autoscale"):
        spec["replicas"] = values.get("replicas", 1)
    metadata = {"name": name, "labels": {"app.kubernetes.io/managed-by": "Helm"}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


@dataclass
class Thing:
    """One object, and who owns which of its fields."""

    body: dict[str, Any]
    owners: dict[str, set[Path]] = field(default_factory=dict)


@dataclass
class Things:
    """All objects of a namespace, by kind and name. Everything is ready unless `unready` says otherwise."""

    all: dict[str, Thing] = field(default_factory=dict)
    unready: int = 0
    """So many looks from now on show pods that are not ready."""
    silent: str = ""
    """What the server says instead of an answer."""
    looks: int = 0
    restored: list[tuple[str, Sequence[Mapping[str, Any]]]] = field(default_factory=list)

    def install(self, manifest: str, before: str) -> None:
        """What Helm does with a manifest, and with what the one before had and this one has not."""
        wanted = {_name(each): each for each in read_manifest(manifest)}
        for name in {_name(each) for each in read_manifest(before)} - wanted.keys():
            self.all.pop(name, None)
        for name, each in wanted.items():
            self.all[name] = self.applied(each, "helm")

    def applied(self, wanted: Mapping[str, Any], manager: str) -> Thing:
        """An object as it would be once a manager has applied `wanted`, by force."""
        there = self.all.get(_name(wanted)) or Thing({})
        new = copy.deepcopy(there)
        fields = dict(_fields(wanted, ()))
        for path in new.owners.get(manager, set()) - fields.keys():
            if not any(path in each for name, each in new.owners.items() if name != manager):
                _remove(new.body, path)
        for name in new.owners:
            new.owners[name] -= fields.keys()
        new.owners[manager] = set(fields)
        for path, value in fields.items():
            _set(new.body, path, value)
        new.body.setdefault("spec", {}).setdefault("replicas", 1)
        return new

    def by_hand(self, name: str, path: Path, value: Any, manager: str = "kubectl") -> None:
        """Somebody sets one field, whoever owns it."""
        thing = self.all[name]
        for owned in thing.owners.values():
            owned.discard(path)
        thing.owners.setdefault(manager, set()).add(path)
        _set(thing.body, path, value)

    # --- the port -----------------------------------------------------------------------------------

    def look(self, target: Target, manifest: str, more: str = "") -> Look:
        from pipelinekit.errors import failed

        self.looks += 1
        if self.silent:
            raise failed("cluster-denied", self.silent)
        self.unready = max(0, self.unready - 1)
        wanted = {_name(each): each for each in read_manifest(manifest)}
        names = dict.fromkeys((*wanted, *(_name(each) for each in read_manifest(more))))
        return Look(
            live=[self._shown(self.all[name]) for name in names if name in self.all],
            applied=[self._shown(self.applied(each, "helm")) for each in wanted.values()],
            autoscalers=[
                self._shown(each) for name, each in self.all.items() if name.startswith("Horizontal")
            ],
            home=target.namespace,
        )

    def hold(self, target: Target, counts: Mapping[str, int]) -> None:
        del target
        for name, count in counts.items():
            wanted = {"kind": "Deployment", "metadata": {"name": name}, "spec": {"replicas": count}}
            self.all[f"Deployment/{name}"] = self.applied(wanted, "pipelinekit")

    def restore(self, target: Target, name: str, patch: Sequence[Mapping[str, Any]]) -> None:
        del target
        self.restored.append((name, patch))

    def _shown(self, thing: Thing) -> dict[str, Any]:
        body = copy.deepcopy(thing.body)
        count = body.get("spec", {}).get("replicas", 1)
        ready = 0 if self.unready else count
        body["status"] = {"replicas": count, "updatedReplicas": count, "availableReplicas": ready}
        body["metadata"] |= {"generation": 0, "uid": "x"}
        body["metadata"]["managedFields"] = [
            {"manager": name, "operation": "Apply" if name in {"helm", "pipelinekit"} else "Update"}
            | {"fieldsV1": _tree(paths)}
            for name, paths in thing.owners.items()
        ]
        return body


def _name(each: Mapping[str, Any]) -> str:
    return f"{each['kind']}/{each['metadata']['name']}"


def _fields(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping) and value:
        for name, each in value.items():
            if path or name not in {"apiVersion", "kind"}:
                yield from _fields(each, (*path, f"f:{name}"))
            elif not path:
                yield (f"f:{name}",), each
    elif (
        isinstance(value, list)
        and value
        and all(isinstance(each, Mapping) and "name" in each for each in value)
    ):
        for each in value:
            step = "k:" + json.dumps({"name": each["name"]}, separators=(",", ":"))
            yield from _fields(each, (*path, step))
    else:
        yield path, value


def _set(body: Any, path: Path, value: Any) -> None:
    _, _, name = path[0].partition(":")
    if len(path) == 1:
        body[name] = value
        return
    if not path[1].startswith("k:"):
        _set(body.setdefault(name, {}), path[1:], value)
        return
    keys = json.loads(path[1][2:])
    items = body.setdefault(name, [])
    found = next((each for each in items if each["name"] == keys["name"]), None)
    if found is None:
        found = dict(keys)
        items.append(found)
    if len(path) > 2:
        _set(found, path[2:], value)


def _remove(body: Any, path: Path) -> None:
    *above, last = path
    for step in above:
        kind, _, name = step.partition(":")
        if kind == "f":
            body = body.get(name, {})
        else:
            keys = json.loads(name)
            body = next((each for each in body if each["name"] == keys["name"]), {})
    if isinstance(body, dict):
        body.pop(last.partition(":")[2], None)


def _tree(paths: set[Path]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path in paths:
        if path in {("f:apiVersion",), ("f:kind",), ("f:metadata", "f:name")}:
            continue
        at = tree
        for step in path:
            at = at.setdefault(step, {})
    return tree
