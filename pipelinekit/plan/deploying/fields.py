"""Fields of Kubernetes objects: who owns them (`managedFields`), and how lists are matched item by item.

A path is a tuple of steps as the server writes them: `f:name` is a key, `k:{"name":"web"}` an item of a list
by its keys, `v:"x"` an item of a set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.model.deployment import Object

Path = tuple[str, ...]
Key = tuple[str, str, str, str]
"""Group, kind, namespace and name of an object."""

PREPARES = "pipelinekit-environment"
"""The manager that namespaces are prepared as."""

OURS = frozenset(("helm", "pipelinekit", PREPARES))
"""The managers that we write as."""

NOBODY = "before-first-apply"
"""The manager of what a server knows no manager of, as after somebody has cleared them: defaults among it."""

_REASON = re.compile(r"([A-Za-z]\S*): ")
FIXED = (
    "updates to statefulset spec",
    "immutable",
    "may not change once set",
    "cannot change roleRef",
    "may not be changed in an update",
)
"""What a server says of fields that it never changes."""
_STEP = re.compile(r"\.?[^.\[\]]+|\[[^\]]*\]")
_TITLED = re.compile(r" \(namespace ([a-z0-9-]+)\)\Z")


def owned(entry: Mapping[str, Any]) -> frozenset[Path]:
    """The paths of one entry of `managedFields`: leaves, and items as a whole."""
    return frozenset(_paths(entry.get("fieldsV1") or {}, ()))


def _paths(tree: Mapping[str, Any], at: Path) -> Iterator[Path]:
    for step, below in tree.items():
        if step == ".":
            # A key that is there is said by what is below it; an item is something of its own.
            if at and at[-1].startswith("k:"):
                yield at
        elif below:
            yield from _paths(below, (*at, step))
        else:
            yield (*at, step)


def name_of(each: Object, home: str = "") -> str:
    """An object as people name it: Deployment/orders, with its namespace where that is not `home`."""
    metadata = each["metadata"]
    return titled(f"{each['kind']}/{metadata['name']}", metadata.get("namespace") or home, home)


def exact(each: Object) -> str:
    """An object as kubectl takes it for no other, another group's least: Deployment.v1.apps/orders."""
    group, _, version = str(each.get("apiVersion", "")).rpartition("/")
    # Of several groups a bare kind is the core's.
    kind = f"{each['kind']}.{version}.{group}" if group else each["kind"]
    return f"{kind}/{each['metadata']['name']}"


def titled(name: str, namespace: str, home: str) -> str:
    """A name, with its namespace where that is another than `home`; without a home all is at home."""
    return f"{name} (namespace {namespace})" if home and namespace != home else name


def place_in(text: str) -> str:
    """The namespace that `titled` has put behind a text; empty where it was at home."""
    found = _TITLED.search(text)
    return found[1] if found else ""


def key_of(each: Object, namespace: str = "") -> Key:
    """What tells an object from all others; `namespace` is its own where it names none.

    Another namespace may have the same kind and name, and another group.
    """
    metadata = each["metadata"]
    group = str(each.get("apiVersion", "")).rpartition("/")[0]
    return group, each["kind"], metadata.get("namespace") or namespace, metadata["name"]


def place_of(each: Object, there: Collection[Key], home: str) -> Key:
    """The key of a manifest's object among those that are there; `home` is the namespace of its release.

    A kind that is in no namespace is there without one, whatever the manifest names.
    """
    group, kind, namespace, name = key_of(each, home)
    nowhere = (group, kind, "", name)
    return nowhere if nowhere in there else (group, kind, namespace, name)


def passes(each: Object) -> bool:
    """Whether it goes by itself: a Job with a time to live does."""
    return (each.get("spec") or {}).get("ttlSecondsAfterFinished") is not None


def entries(each: Object) -> Sequence[Mapping[str, Any]]:
    """An object's managers, with what each of them owns."""
    found: Sequence[Mapping[str, Any]] = each.get("metadata", {}).get("managedFields") or ()
    return found


def owners(each: Object, *, ours: bool = False) -> dict[Path, str]:
    """Who owns which field: the others, or we."""
    found: dict[Path, str] = {}
    for entry in entries(each):
        if (entry.get("manager") in OURS) == ours and entry.get("manager") != NOBODY:
            found |= dict.fromkeys(owned(entry), str(entry.get("manager", "")))
    return found


def owner_of(path: Path, managers: Mapping[Path, str]) -> str:
    """The manager of a field, of what it is part of, or of a part of it; empty when that is nobody else."""
    for length in range(len(path), 1, -1):
        if path[:length] in managers:
            return managers[path[:length]]
    return next((name for each, name in managers.items() if each[: len(path)] == path), "")


def keyed(*objects: Object) -> dict[Path, tuple[str, ...]]:
    """Which lists are matched by which keys of their items, as the managers' paths tell.

    In these paths the items themselves are `*`, for what holds in one holds in all.
    """
    found: dict[Path, tuple[str, ...]] = {}
    for each in objects:
        for entry in entries(each):
            for path in owned(entry):
                for place, step in enumerate(path):
                    if step.startswith("k:"):
                        found[general(path[:place])] = tuple(sorted(json.loads(step[2:])))
    return found


def keys_at(path: Path, lists: Mapping[Path, tuple[str, ...]]) -> tuple[str, ...]:
    """The keys by which items of the list at `path` are matched; empty when it counts as a whole."""
    return lists.get(general(path), ())


def general(path: Path) -> Path:
    """A path in which `*` stands for each item of a list."""
    return tuple("*" if step.startswith("k:") else step for step in path)


def item(value: Mapping[str, Any], keys: Sequence[str]) -> str:
    """The step to an item of a list."""
    return "k:" + json.dumps({key: value.get(key) for key in keys}, sort_keys=True, separators=(",", ":"))


def value_at(path: Path, value: object) -> object:
    """What is there in an object as somebody wrote it, or None.

    An item that leaves out keys is the one that is meant where none has all of them.
    """
    for step in path:
        kind, _, name = step.partition(":")
        if kind == "f":
            value = value.get(name) if isinstance(value, Mapping) else None
        elif kind == "k" and isinstance(value, list):
            wanted = json.loads(name)
            alike = [each for each in value if _matches(each, wanted)]
            value = next((each for each in alike if wanted.keys() <= each.keys()), next(iter(alike), None))
        elif kind == "v" and isinstance(value, list):
            value = json.loads(name) if json.loads(name) in value else None
        else:
            value = None
        if value is None:
            return None
    return value


def _matches(value: object, wanted: Mapping[str, Any]) -> bool:
    return isinstance(value, Mapping) and all(value.get(key, want) == want for key, want in wanted.items())


def _pointer(path: Path, value: Any) -> str:
    """Where a field is, as JSON patches say it."""
    text = ""
    for step in path:
        kind, _, name = step.partition(":")
        if kind == "f":
            text += "/" + name.replace("~", "~0").replace("/", "~1")
            value = value[name]
        else:
            found = value_at((step,), value)
            text += f"/{value.index(found)}"
            value = found
    return text


def patch(live: Object, made: Iterable[tuple[Path, Any]]) -> list[Mapping[str, Any]]:
    """A JSON patch that makes these fields of an object so, unless it has changed since it was looked at.

    A field that becomes None goes. What an object reports of itself is no change: a rollout that is under way
    does so all the time, and of most objects the server counts what is asked of them apart.
    """
    made = list(made)
    counted = "generation" in live["metadata"] and all(path[0] == "f:spec" for path, _ in made)
    stamp = "generation" if counted else "resourceVersion"
    return [
        {"op": "test", "path": f"/metadata/{stamp}", "value": live["metadata"].get(stamp)},
        *(
            {"op": "remove", "path": _pointer(path, live)}
            if value is None
            else {"op": "replace", "path": _pointer(path, live), "value": value}
            for path, value in made
        ),
    ]


def refused(why: str, sign: str = "") -> list[Path]:
    """The general paths that a server names as it refuses an object, but for those that never change.

    With a `sign` only those that it names for a reason which says that.
    """
    reasons = (each for each in why.split("; ") if sign in each and not any(word in each for word in FIXED))
    found = map(_REASON.match, reasons)
    return [tuple(map(_step, _STEP.findall(each[1]))) for each in found if each]


def _step(text: str) -> str:
    name = text.strip(".[]")
    # Some are written as Go has them.
    return "*" if name.isdigit() and text.startswith("[") else f"f:{name[:1].lower()}{name[1:]}"


def shown(path: Path) -> str:
    """A path as people write it: spec.template.spec.containers[web].image."""
    text = ""
    for step in path:
        kind, _, name = step.partition(":")
        if kind == "f":
            plain = not set(name) & set(".[]/")
            text += (f".{name}" if text else name) if plain else f"[{name}]"
        elif kind == "k":
            text += "[" + "/".join(str(each) for each in json.loads(name).values()) + "]"
        else:
            text += f"[{name}]"
    return text
