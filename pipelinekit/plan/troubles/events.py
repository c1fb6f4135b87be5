"""Events of a cluster: which of them are about an object, and when they happened last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.plan.moment import seconds_of

Object = Mapping[str, Any]


def happened(event: Object) -> float:
    """When an event happened last, in seconds since the epoch."""
    series = event.get("series") or {}
    stamp = series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
    return seconds_of(stamp or "") or 0


def about(thing: Object, events: Sequence[Object]) -> list[Object]:
    """The events about one object, oldest first."""
    metadata = thing["metadata"]
    mine = [each for each in events if _is_about(each["involvedObject"], thing["kind"], metadata)]
    return sorted(mine, key=happened)


def _is_about(involved: Object, kind: str, metadata: Object) -> bool:
    # A pod of a StatefulSet has the name of the one before it: the uid tells them apart.
    uid = metadata.get("uid")
    named = (involved.get("kind"), involved.get("name")) == (kind, metadata["name"])
    return named and involved.get("uid", uid) == uid
