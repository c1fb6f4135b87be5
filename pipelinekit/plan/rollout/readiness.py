"""Whether the revision that was rolled out runs: what workloads say of it, and not of the one before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelinekit.counts import counted
from pipelinekit.model.pointer import MISSING, at
from pipelinekit.model.rollout.component import Condition, Question, VersionQuestion
from pipelinekit.model.rollout.part import Answer, Old, Standing
from pipelinekit.plan.deploying.apart import windows

Object = Mapping[str, Any]

WORKLOADS = frozenset(("Deployment", "StatefulSet", "DaemonSet"))
AUTOSCALER = "HorizontalPodAutoscaler"
SCALERS = frozenset((AUTOSCALER, "ScaledObject"))
REVISION = "controller-revision-hash"
"""The label with which a StatefulSet tells its new pods from its old ones."""


def workloads(manifest: Sequence[Object]) -> tuple[Object, ...]:
    """Those of a manifest's objects whose pods are waited for."""
    return tuple(each for each in manifest if each["kind"] in WORKLOADS)


def standing(manifest: Sequence[Object], live: Sequence[Object]) -> Standing:
    """How the workloads of a manifest stand. `live` are those of them that are there.

    One that a hand has scaled to fewer pods than its chart says is not ready, unless the chart brings what
    does that.
    """
    there = {_name(each): each for each in live}
    least = dict(_least(manifest))
    reasons: list[str] = []
    old: list[Old] = []
    for each in workloads(manifest):
        found = there.get(_name(each))
        if found is None:
            reasons.append(f"{_name(each)} is not there")
            continue
        reason = _reason(found) or _scaled(found, each, least.get(_name(each)))
        if reason:
            reasons.append(f"{_name(each)}: {reason}")
            # What is not observed yet names the revision before as its newest one.
            old += _old(found) if _observed(found) else ()
    absent = any(_name(each) not in there for each in workloads(manifest))
    return Standing(reasons=tuple(reasons), old=tuple(old), absent=absent)


def _name(each: Object) -> str:
    return f"{each['kind']}/{each['metadata']['name']}"


def _reason(live: Object) -> str:
    status = live.get("status") or {}
    if not _observed(live):
        return "its newest state is not observed yet"
    if live["kind"] == "DaemonSet":
        wanted = int(status.get("desiredNumberScheduled", 0))
        new, ready = int(status.get("updatedNumberScheduled", 0)), int(status.get("numberAvailable", 0))
    else:
        wanted = int(live["spec"].get("replicas", 1))
        new = int(status.get("updatedReplicas", 0))
        ready = int(status.get("availableReplicas", status.get("readyReplicas", 0)))
    if new < wanted:
        by_hand = ", and only deleting them replaces the others" if _on_delete(live) else ""
        return f"{new} of {counted(wanted, 'pod is', 'pods are')} new{by_hand}"
    there = int(status.get("replicas", wanted))
    if live["kind"] == "Deployment" and there > new:
        return f"{counted(there - new, 'old pod is', 'old pods are')} still there"
    return "" if ready >= wanted else f"{ready} of {counted(wanted, 'pod is', 'pods are')} ready"


def _scaled(live: Object, declared: Object, least: int | None) -> str:
    """Why a workload that has all the pods it wants has fewer than it should; `least` is an autoscaler's."""
    said = (declared.get("spec") or {}).get("replicas")
    wanted = (1 if said is None else int(said)) if least is None else least
    found = int(live["spec"].get("replicas", 1))
    if live["kind"] == "DaemonSet" or found >= wanted:
        return ""
    pods = counted(found, "pod", "pods") if found else "no pods"
    whose = "its chart" if least is None else "its autoscaler"
    return f"somebody has scaled it to {pods}, and {whose} says {wanted}"


def _least(manifest: Sequence[Object]) -> Iterator[tuple[str, int]]:
    """The workloads that something of the manifest itself scales, and its least number of their pods."""
    for each in manifest:
        if each["kind"] in SCALERS:
            kind, name = (at(each, f"/spec/scaleTargetRef/{key}") for key in ("kind", "name"))
            # A ScaledObject may take them to none, however many it keeps otherwise.
            number = at(each, "/spec/minReplicas") if each["kind"] == AUTOSCALER else 0
            whose = f"{'Deployment' if kind is MISSING else kind}/{name}"
            yield whose, number if isinstance(number, int) else 1


def _observed(live: Object) -> bool:
    seen = (live.get("status") or {}).get("observedGeneration", 0)
    return int(seen) >= int(live["metadata"].get("generation", 0))


def _on_delete(live: Object) -> bool:
    return bool((live["spec"].get("updateStrategy") or {}).get("type") == "OnDelete")


def _old(live: Object) -> Iterator[Old]:
    status = live.get("status") or {}
    if live["kind"] == "StatefulSet" and _on_delete(live) and status.get("updateRevision"):
        yield Old(
            workload=_name(live),
            labels=dict(live["spec"]["selector"].get("matchLabels") or {}),
            revision=str(status["updateRevision"]),
            replicas=int(live["spec"].get("replicas", 1)),
        )


def replaced_first(pods: Sequence[Object], leaders: Sequence[Object], revision: str) -> tuple[str, ...]:
    """The names of the old pods in the order in which they go: standbys, then leaders; high numbers first.

    A standby that is not ready goes before all: it serves nobody.
    """
    leading = {each["metadata"]["name"] for each in leaders}
    old = [each for each in pods if is_old(each, revision)]

    def place(pod: Object) -> tuple[bool, bool, int, str]:
        name = pod["metadata"]["name"]
        number = name.rpartition("-")[2]
        return name in leading, is_ready(pod), -int(number) if number.isdigit() else 0, name

    return tuple(each["metadata"]["name"] for each in sorted(old, key=place))


def is_old(pod: Object, revision: str) -> bool:
    """Whether a pod is of another revision."""
    return bool((pod["metadata"].get("labels") or {}).get(REVISION) != revision)


def is_ready(pod: Object) -> bool:
    """Whether a pod says that it is ready, and is not on its way out."""
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return "deletionTimestamp" not in pod["metadata"] and any(
        each["type"] == "Ready" and each["status"] == "True" for each in conditions
    )


# --- what a component says of itself --------------------------------------------------------------


def addressed(question: Question, manifest: Sequence[Object]) -> Question:
    """The question with how it is asked: whether a port speaks TLS, values decide, and its Service says."""
    if question.scheme:
        return question
    ports = (
        port
        for each in manifest
        if each["kind"] == "Service" and each["metadata"]["name"] == question.service
        for port in (each.get("spec") or {}).get("ports") or ()
    )
    said = next((each.get("appProtocol") for each in ports if each.get("port") == question.port), None)
    return replace(question, scheme="https" if said == "https" else "http")


def answered(question: Question, answer: Answer) -> str:
    """Why an answer is not good, or empty."""
    if answer.status not in question.status:
        said = f"answers {answer.status}" if answer.status else f"does not answer: {answer.reason}"
        return f"{question} {said}"
    if not question.json:
        return ""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return f"{question} answers no JSON"
    return _lacking(str(question), question.json, body)


def says_version(question: VersionQuestion, answer: Answer, expected: str) -> str:
    """Why the server is not of the version that was rolled out, or empty."""
    if not expected:
        return ""
    reason = answered(question.ask, answer)
    if reason:
        return reason
    try:
        said = at(json.loads(answer.body), question.pointer)
    except (ValueError, RecursionError):
        return f"{question.ask} answers no JSON"
    if isinstance(said, str | int | float) and str(said).removeprefix("v") == expected.removeprefix("v"):
        return ""
    told = "no version" if said is MISSING else f"version {windows(_shown(said), expected)[0]}"
    return f"the server says {told}, and {expected} was rolled out"


def fulfilled(condition: Condition, found: Object | None) -> str:
    """Why a custom resource is not as it must be, or empty; what it says of an older state counts not."""
    if found is None:
        return f"{condition} is not there"
    seen = at(found, "/status/observedGeneration")
    generation = found["metadata"].get("generation", 0)
    if isinstance(seen, int) and seen < generation:
        return f"{condition}: its newest state is not observed yet"
    return _lacking(str(condition), condition.json, found)


def _lacking(who: str, wanted: Mapping[str, str | int | bool], body: object) -> str:
    for pointer, value in wanted.items():
        said = at(body, pointer)
        if said is MISSING:
            return f"{who} has no {pointer}, which has to be {windows(_shown(value), '')[0]}"
        if said != value or isinstance(said, bool) is not isinstance(value, bool):
            shown, wished = windows(_shown(said), _shown(value))
            return f"{who} has {pointer} {shown}, which has to be {wished}"
    return ""


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
