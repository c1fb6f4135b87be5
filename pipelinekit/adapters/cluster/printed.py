"""What kubectl and Helm print of their own as JSON: versions, settings, revisions.

A program of that name that prints something of its own is told as such.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import Hook, ReleaseState
from pipelinekit.reading.chart.values import as_helm_keeps

Object = dict[str, Any]


def value(text: str) -> Any:
    """The JSON in `text`; raises `ToolFailed` where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise odd(text) from error


def mapping(text: str) -> Object:
    """A mapping; raises `ToolFailed` for anything else."""
    found = value(text)
    if not isinstance(found, dict):
        raise odd(text)
    return found


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


def release(text: str) -> ReleaseState:
    """A release as Helm prints it; raises `ToolFailed` for anything else."""
    found = mapping(text)
    try:
        return ReleaseState(
            revision=int(found["version"]),
            status=str(found["info"]["status"]),
            values=as_helm_keeps(dict(found.get("config") or {})),
            manifest=str(found.get("manifest", "")),
            hooks=hooks(found),
        )
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise odd(text) from error


def hooks(found: Mapping[str, Any]) -> tuple[Hook, ...]:
    """The hooks of a release, in Helm's own words of it; raises Python's own errors for another form."""
    return tuple(
        Hook(
            object=f"{each['kind']}/{each['name']}",
            moments=tuple(map(str, each.get("events") or ())),
            weight=int(each.get("weight") or 0),
        )
        for each in found.get("hooks") or ()
    )


def odd(text: str) -> ToolFailed:
    """What is raised for a text that is no answer."""
    first = next(iter(text.split("\n")), "")[:80]
    return failed(
        "cluster-odd",
        f"this is no answer of a cluster: {first!r}" if first else "the cluster's answer is empty",
        hint="`type -a kubectl helm` shows whether something else has that name and prints words of its own",
    )
