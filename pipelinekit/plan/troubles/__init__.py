"""Why an application does not get ready: what its pods, their makers and events say, judged.

All objects are those of the Kubernetes API as JSON has them. What can still come (a Secret, a registry that
answers, a node) is told from what is final, for only the first is worth waiting for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.moment import seconds_of
from pipelinekit.plan.troubles.containers import pod_troubles
from pipelinekit.plan.troubles.creation import creation_troubles
from pipelinekit.plan.troubles.events import about, happened
from pipelinekit.plan.troubles.runs import scheduled, tries_of_done
from pipelinekit.plan.troubles.stuck import kept_pods, stuck_pods

Object = Mapping[str, Any]

STUCK = "is of an older template and cannot start: its StatefulSet will not replace it"


def troubles_of(
    objects: Sequence[Object], events: Sequence[Object], since: float = 0, *, kept: bool = False
) -> tuple[Trouble, ...]:
    """What keeps these objects from getting ready; empty when nothing does.

    Pods count that were made since then, makers of pods that could not make one since then, and pods of a
    StatefulSet that are stuck, whenever they were made. So do, with `kept`, older ones that stay as they are.
    """
    stuck, runs = stuck_pods(objects), scheduled(objects)
    others = stuck | tries_of_done(objects)
    pods = [each for each in objects if each["kind"] == "Pod" and each["metadata"]["name"] not in others]
    staying = kept_pods(objects) if kept else ()
    young = [each for each in pods if made(each) >= since or each["metadata"]["name"] in staying]
    found = [
        replace(trouble, scheduled=each["metadata"]["name"] in runs)
        for each in young
        for trouble in pod_troubles(each, about(each, events))
    ]
    found += [Trouble(subject=f"pod {each}", problem=STUCK, stuck=each) for each in sorted(stuck)]
    makers = [each for each in objects if each["kind"] != "Pod"]
    recent = [each for each in events if happened(each) >= since]
    found += [trouble for each in makers for trouble in creation_troubles(each, about(each, recent), since)]
    return merged(found)


def merged(troubles: Sequence[Trouble]) -> tuple[Trouble, ...]:
    """One trouble for each reason, whoever has it: replicas fail alike. Final ones first, then awaited."""
    by_reason: dict[tuple[str, str, bool], list[Trouble]] = {}
    for each in troubles:
        by_reason.setdefault((each.problem, each.stuck, each.scheduled), []).append(each)
    firsts = [each[0] for each in by_reason.values()]
    return tuple(sorted(firsts, key=lambda each: (not each.final, not each.awaited)))


def made(thing: Object) -> float:
    """When an object was made, in whole seconds since the epoch."""
    return seconds_of(thing["metadata"].get("creationTimestamp") or "") or 0
