"""The shape that Kubernetes' objects have, and whatever else an API server answers with."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from typing import Any


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
        and all(map(is_resource, kinds))
    )


def is_object(found: object) -> bool:
    """Whether it is a mapping, with another one for its metadata where it has any."""
    return isinstance(found, dict) and isinstance(found.get("metadata", {}), Mapping)


def is_whole(found: Any) -> bool:
    """Whether it is an object with a name, and has the parts of its kind where that is Kubernetes' own."""
    return _is_named(found) and has_parts(found)


def has_parts(found: Mapping[str, Any]) -> bool:
    """Whether what Kubernetes' own kinds have as mappings is one; others may say their status in a word."""
    group = str(found.get("apiVersion", "")).rpartition("/")[0]
    if "." in group and not group.endswith(".k8s.io"):
        return True
    return all(isinstance(found.get(part) or {}, Mapping) for part in ("spec", "status"))


def is_resource(found: Any) -> bool:
    """Whether it is one of the resources of a group, with a name and a kind."""
    return isinstance(found, dict) and all(isinstance(found.get(part), str) for part in ("name", "kind"))


def _is_named(found: Any) -> bool:
    return is_object(found) and isinstance((found.get("metadata") or {}).get("name"), str)


def date(text: str) -> float:
    """The seconds since 1970 that a header `Date` says, or 0."""
    try:
        return email.utils.parsedate_to_datetime(text[:64]).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return 0.0
