"""Objects on an API server: as they are, and as they would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, urlencode

from pipelinekit.adapters.cluster.direct import places
from pipelinekit.adapters.cluster.direct.way import Way

Object = dict[str, Any]

AT_ONCE = 4
"""How many questions about one manifest are under way."""
_NAMES = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_MOVED = "kubectl-client-side-apply"
"""The manager of what kubectl has applied the old way: it takes that over before it applies the new way."""


def live(way: Way, objects: Sequence[Mapping[str, Any]], namespace: str) -> list[Object] | None:
    """Those of the objects that are there; None where not each of them is told."""

    def one(each: Mapping[str, Any]) -> Object | bool | None:
        path = places.named(way, each, namespace)
        found: Object | bool | None = way.found(path, absent=False) if path else None
        return found

    answers = _each(one, objects)
    if any(each is None for each in answers):
        return None
    return [each for each in answers if isinstance(each, dict)]


def applied(
    way: Way, objects: Sequence[Mapping[str, Any]], namespace: str, manager: str
) -> list[Object] | None:
    """What the server would make of them, all fields ours; None unless it takes each of them."""
    options = {"dryRun": "All", "fieldManager": manager, "force": "true", "fieldValidation": "Ignore"}

    def one(each: Mapping[str, Any]) -> Object | None:
        path = places.named(way, each, namespace)
        made: Object | None = way.applied(f"{path}?{urlencode(options)}", each) if path else None
        owners = (made or {}).get("metadata", {}).get("managedFields") or ()
        return None if any(owner.get("manager") == _MOVED for owner in owners) else made

    return _all(_each(one, objects))


def created(way: Way, objects: Sequence[Mapping[str, Any]], namespace: str) -> list[Object] | None:
    """What the server would say to new ones; None unless it takes each of them."""
    options = urlencode({"dryRun": "All", "fieldManager": "kubectl-create", "fieldValidation": "Ignore"})

    def one(each: Mapping[str, Any]) -> Object | None:
        path = places.folder(way, each, namespace)
        made: Object | None = way.made(f"{path}?{options}", each) if path else None
        return made

    return _all(_each(one, objects))


def annotated(
    way: Way,
    kinds: Sequence[tuple[str, str]],
    namespace: str,
    selector: str,
    note: tuple[str, str],
    manager: str,
) -> bool:
    """Whether that annotation was set on all objects of those kinds (version, resources) that are selected.

    Where there are none, nothing is told.
    """
    body = {"metadata": {"annotations": {note[0]: note[1]}}}
    paths = []
    for version, resources in kinds:
        folder = places.listed(version, resources, namespace)
        answer = way.found(f"{folder}?{urlencode({'labelSelector': selector})}", accept=_NAMES)
        if answer is None:
            return False
        paths += [
            f"{folder}/{quote(each['metadata']['name'], safe='')}" for each in answer.get("items") or ()
        ]
    options = urlencode({"fieldManager": manager})
    return bool(paths) and all(way.patched(f"{each}?{options}", body) is not None for each in paths)


def listed(
    way: Way, version: str, kind: str, resources: str, namespace: str, **selection: str
) -> list[Object] | None:
    """All of a kind, or those that a selection (of the API's own words) leaves; None where they are not told
    whole."""
    query = f"?{urlencode(selection)}" if selection else ""
    answer = way.found(f"{places.listed(version, resources, namespace)}{query}")
    if not answer or answer.get("items") is None or (answer.get("metadata") or {}).get("continue"):
        return None
    return [{"apiVersion": version, "kind": kind, **each} for each in answer["items"]]


def _each(work: Callable[[Mapping[str, Any]], Any], objects: Sequence[Mapping[str, Any]]) -> list[Any]:
    if len(objects) < 2:
        return [work(each) for each in objects]
    with ThreadPoolExecutor(min(AT_ONCE, len(objects))) as pool:
        return list(pool.map(work, objects))


def _all(answers: list[Object | None]) -> list[Object] | None:
    found = [each for each in answers if each is not None]
    return found if len(found) == len(answers) else None
