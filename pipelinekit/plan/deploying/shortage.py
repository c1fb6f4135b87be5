"""Pods of which there are too few, or old ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelinekit.counts import counted
from pipelinekit.model.deployment import Look, Object
from pipelinekit.plan.deploying.fields import name_of

_WATCHED = frozenset(("Deployment", "StatefulSet"))
"""What says how many of its pods are there."""


def short(look: Look, scaled: Mapping[str, int]) -> Iterator[str]:
    """What runs in fewer pods than should, or in old ones; `scaled` has the least numbers of autoscalers."""
    wanted = {name_of(each, look.home) for each in look.applied}
    for each in look.live:
        name = name_of(each, look.home)
        if each["kind"] not in _WATCHED or name not in wanted:
            continue
        reason = _shortage(each, scaled.get(name))
        if reason:
            yield f"{name}: {reason}"


def _shortage(workload: Object, least: int | None) -> str:
    status, spec = workload.get("status", {}), workload["spec"]
    wanted, update = int(spec.get("replicas", 1)), spec.get("updateStrategy") or {}
    if int(status.get("observedGeneration", 0)) < int(workload["metadata"]["generation"]):
        return "its newest state is not rolled out"
    there, new, ready = (
        int(status.get(each, 0)) for each in ("replicas", "updatedReplicas", "availableReplicas")
    )
    # A StatefulSet may be told to keep its first pods as they are, or all until somebody deletes them.
    old = (
        there
        if update.get("type") == "OnDelete"
        else int((update.get("rollingUpdate") or {}).get("partition", 0))
    )
    if new < there - old:
        return f"{new} of {counted(there, 'pod is', 'pods are')} new"
    if least is None:
        return "" if there == ready == wanted else f"{ready} of {wanted} ready"
    # An autoscaler's own steps are no shortage, as long as its least number runs.
    return "" if ready >= least else f"{ready} of {least} ready (the autoscaler's least)"
