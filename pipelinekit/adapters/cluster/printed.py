"""What kubectl and Helm print as JSON, held to the shape that every object of Kubernetes has.

A program of that name that prints something of its own, or a server that is no Kubernetes, is told as such.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipelinekit.errors import ToolFailed, failed

Object = dict[str, Any]


def value(text: str) -> Any:
    """The JSON in `text`; raises `ToolFailed` where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise odd(text) from error


def mapping(text: str) -> Object:
    """A mapping, of Kubernetes or of kubectl's own; raises `ToolFailed` for anything else."""
    found = value(text)
    if not is_object(found):
        raise odd(text)
    mapped: Object = found
    return mapped


def streamed(text: str) -> list[Object]:
    """The same of one document after the other, for kubectl prints both; of what has no name as well."""
    decoder, found, rest = json.JSONDecoder(), [], text.strip()
    while rest:
        try:
            each, end = decoder.raw_decode(rest)
        except (ValueError, RecursionError) as error:
            raise odd(rest) from error
        found += _listed(each, rest)
        rest = rest[end:].lstrip()
    return found


def resources(text: str) -> list[Object] | None:
    """What an API server says of the resources of a group, each with a name and a kind; None for anything
    else."""
    try:
        answer = value(text)
    except ToolFailed:
        return None
    found = answer.get("resources") if isinstance(answer, dict) else None
    return found if isinstance(found, list) and all(map(_is_resource, found)) else None


def revisions(text: str) -> list[Object]:
    """What `helm history` prints of each revision; raises `ToolFailed` for anything else."""
    found = value(text)
    if not isinstance(found, list) or not all(
        isinstance(each, dict)
        and isinstance(each.get("revision"), int)
        and {"status", "updated"} <= each.keys()
        for each in found
    ):
        raise odd(text)
    return found


def is_answer(found: object) -> bool:
    """Whether an API server could answer so: an object, a list of those with names, or one of resources."""
    if not isinstance(found, dict) or not is_object(found):
        return False
    objects, kinds = found.get("items") or [], found.get("resources") or []
    return (
        isinstance(found.get("details") or {}, Mapping)
        and isinstance(objects, list)
        and all(map(_is_named, objects))
        and isinstance(kinds, list)
        and all(map(_is_resource, kinds))
    )


def is_object(found: object) -> bool:
    """Whether it is a mapping, with another one for its metadata where it has any."""
    return isinstance(found, dict) and isinstance(found.get("metadata", {}), Mapping)


def odd(text: str) -> ToolFailed:
    """What is raised for a text that is no answer."""
    first = next(iter(text.split("\n")), "")[:80]
    return failed(
        "cluster-odd",
        f"this is no answer of a cluster: {first!r}" if first else "the cluster's answer is empty",
        hint="`type -a kubectl helm` shows whether something else has that name and prints words of its own",
    )


def _listed(found: Any, text: str) -> list[Object]:
    is_list = isinstance(found, dict) and str(found.get("kind")).endswith("List") and "items" in found
    each = found["items"] or [] if is_list else [found]
    if not isinstance(each, list) or not all(map(is_object, each)):
        raise odd(text)
    return each


def _is_named(found: Any) -> bool:
    return is_object(found) and isinstance((found.get("metadata") or {}).get("name"), str)


def is_whole(found: Any) -> bool:
    """Whether it is an object with a name, and has the parts of its kind where that is Kubernetes' own."""
    return _is_named(found) and has_parts(found)


def has_parts(found: Mapping[str, Any]) -> bool:
    """Whether what Kubernetes' own kinds have as mappings is one; others may say their status in a word."""
    group = str(found.get("apiVersion", "")).rpartition("/")[0]
    if "." in group and not group.endswith(".k8s.io"):
        return True
    return all(isinstance(found.get(part) or {}, Mapping) for part in ("spec", "status"))


def _is_resource(found: Any) -> bool:
    return isinstance(found, dict) and all(isinstance(found.get(part), str) for part in ("name", "kind"))
