"""Pods that nothing replaces: of a StatefulSet those that it waits for, of anything those of its template.

A StatefulSet waits until a pod is ready before it replaces it, also when its template has changed since: a
pod that a bad image keeps from starting stays, until somebody deletes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Object = Mapping[str, Any]

REVISION = "controller-revision-hash"
_MAKERS = frozenset(("ReplicaSet", "StatefulSet"))


def stuck_pods(objects: Sequence[Object]) -> frozenset[str]:
    """The names of such pods: not ready, and of another template than their StatefulSet has now."""
    sets = {each["metadata"]["uid"]: each for each in objects if each["kind"] == "StatefulSet"}
    return frozenset(
        each["metadata"]["name"]
        for each in objects
        if each["kind"] == "Pod" and _is_stuck(each, sets.get(_owner(each)))
    )


def kept_pods(objects: Sequence[Object]) -> frozenset[str]:
    """The names of pods of the template that their Deployment or StatefulSet has now."""
    makers = {each["metadata"]["uid"]: each for each in objects if each["kind"] in _MAKERS}
    return frozenset(
        each["metadata"]["name"]
        for each in objects
        if each["kind"] == "Pod" and (maker := makers.get(_owner(each))) and _is_kept(each, maker)
    )


def _is_kept(pod: Object, maker: Object) -> bool:
    if maker["kind"] == "ReplicaSet":
        # One of an older template is on its way to none.
        return int(maker.get("spec", {}).get("replicas", 1)) > 0
    revision = maker.get("status", {}).get("updateRevision")
    return bool(revision) and pod["metadata"].get("labels", {}).get(REVISION) == revision


def _owner(pod: Object) -> str:
    owners = pod["metadata"].get("ownerReferences") or []
    return next((str(each["uid"]) for each in owners if each.get("controller")), "")


def _is_stuck(pod: Object, owner: Object | None) -> bool:
    if owner is None or pod["metadata"].get("deletionTimestamp") or _is_ready(pod):
        return False
    metadata, spec, status = owner["metadata"], owner["spec"], owner.get("status", {})
    strategy = spec.get("updateStrategy", {})
    first = (strategy.get("rollingUpdate") or {}).get("partition", 0)
    ordinal = pod["metadata"]["name"].rpartition("-")[2]
    current = status.get("observedGeneration", 0) >= metadata.get("generation", 0)
    replaced = strategy.get("type") == "RollingUpdate" and ordinal.isdigit() and int(ordinal) >= int(first)
    mine = pod["metadata"].get("labels", {}).get(REVISION)
    return bool(current and replaced and mine != status.get("updateRevision", mine) and _cannot_start(pod))


def _is_ready(pod: Object) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _cannot_start(pod: Object) -> bool:
    status = pod.get("status", {})
    containers = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    reasons = {each.get("state", {}).get("waiting", {}).get("reason") for each in containers}
    unplaced = any(
        each["type"] == "PodScheduled" and each["status"] == "False" for each in status.get("conditions", [])
    )
    return unplaced or bool(reasons - {None, "ContainerCreating", "PodInitializing"})
