"""Pods that are never made: what the namespace does not admit, and what has no room in its quota."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.moment import seconds_of

Object = Mapping[str, Any]

ROOM = 60
"""Seconds in which a quota may get room: the pods that are replaced go."""

_POD = re.compile(
    r'^(?:Error creating: |create Pod \S+ in StatefulSet \S+ failed error: )?pods "[^"]*" is forbidden: '
)
_FINAL = re.compile(
    r"violates PodSecurity|denied the request|(?:maximum|minimum) \S+ usage per|ValidatingAdmissionPolicy"
    r"|unable to validate against any|is invalid: |must specify (?:limits|requests)|failed quota: \S+: must"
)


def creation_troubles(maker: Object, events: Sequence[Object], since: float) -> Iterator[Trouble]:
    """Why a workload's pods do not come to be; `events` are those about it, oldest first.

    A Deployment's and a ReplicaSet's conditions are used where they have some, for events may be forbidden.
    """
    subject = f"{maker['kind'].lower()} {maker['metadata']['name']}"
    if maker["kind"] == "Deployment":
        yield from _given_up(maker, subject, since)
        return
    said = [
        str(each.get("message", ""))
        for each in maker.get("status", {}).get("conditions", [])
        if each["type"] == "ReplicaFailure" and each["status"] == "True" and _when(each) >= since
    ]
    if not said and _wants_more(maker):
        said = [str(each.get("message", "")) for each in events if each.get("reason") == "FailedCreate"]
    if said:
        yield _judged(subject, said[-1])


def _judged(subject: str, message: str) -> Trouble:
    words = _POD.sub("", message).strip()[:600]
    problem = f"makes no pod: {words}"
    if _FINAL.search(words):
        return Trouble(subject=subject, problem=problem, final=True)
    awaited = "room in the quota" if "exceeded quota" in words else "leave to make pods"
    return Trouble(subject=subject, problem=problem, awaited=awaited, patience=ROOM)


def _given_up(deployment: Object, subject: str, since: float) -> Iterator[Trouble]:
    for each in deployment.get("status", {}).get("conditions", []):
        stopped = each["type"] == "Progressing" and each["status"] == "False" and _when(each) >= since
        # Of pods that could not be made, its ReplicaSets say why.
        if stopped and each.get("reason") not in ("FailedCreate", "ReplicaSetCreateError"):
            yield Trouble(subject=subject, problem=str(each.get("message", each.get("reason", ""))))


def _wants_more(maker: Object) -> bool:
    """Whether a workload still has fewer pods than it should: an old event about one that has is history."""
    status, spec = maker.get("status", {}), maker.get("spec", {})
    if maker["kind"] == "Job":
        return not any(status.get(each) for each in ("active", "succeeded", "failed"))
    if maker["kind"] == "DaemonSet":
        return int(status.get("currentNumberScheduled", 0)) < int(status.get("desiredNumberScheduled", 1))
    return int(status.get("replicas", 0)) < int(spec.get("replicas", 1))


def _when(condition: Object) -> float:
    stamp = condition.get("lastUpdateTime") or condition.get("lastTransitionTime")
    return seconds_of(stamp or "") or 0
