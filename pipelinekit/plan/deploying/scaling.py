"""Autoscalers: what they scale, the least number of pods for it, and the numbers that a deployment holds."""

from __future__ import annotations

from collections.abc import Iterator

from pipelinekit.model.deployment import Look, Object
from pipelinekit.plan.deploying import fields
from pipelinekit.plan.deploying.fields import Path, name_of

REPLICAS: Path = ("f:spec", "f:replicas")


def autoscaled(look: Look) -> dict[str, int]:
    """What an autoscaler of the manifest or of anybody scales, and the least number of pods for it.

    That is none where all pods are away and something keeps the autoscaler: such a one, as KEDA, takes the
    last pod away itself and gives the first one back, which no autoscaler of Kubernetes does.
    """
    found: dict[str, int] = {}
    resting = frozenset(name_of(each, look.home) for each in look.live if _number(each) == 0)
    for each in _autoscalers(look):
        target = each["spec"]["scaleTargetRef"]
        where = each["metadata"].get("namespace") or look.home
        name = fields.titled(f"{target['kind']}/{target['name']}", where, look.home)
        rests = name in resting and _is_kept(each)
        found[name] = 0 if rests else int(each["spec"].get("minReplicas", 1))
    return found


def held(look: Look) -> dict[str, int]:
    """How many pods each Deployment at home has to keep while a chart stops naming their number.

    Those whose number is Helm's: it would go with Helm's word, and one pod be left until the autoscaler's
    first look. And those that have none, where no autoscaler starts from there.
    """
    scaled = autoscaled(look)
    found = {}
    for each in look.live:
        if each["kind"] != "Deployment" or name_of(each, look.home) != name_of(each):
            continue
        number, least = _number(each), scaled.get(name_of(each, look.home), 1)
        is_helms = any(
            entry.get("manager") == "helm" and REPLICAS in fields.owned(entry)
            for entry in fields.entries(each)
        )
        if is_helms if number else least:
            found[each["metadata"]["name"]] = max(number, least)
    return found


def _autoscalers(look: Look) -> Iterator[Object]:
    """Those that are there come last: what keeps one is not in its manifest."""
    declared = [each for each in look.applied if each["kind"] == "HorizontalPodAutoscaler"]
    yield from (*declared, *look.autoscalers)


def _is_kept(autoscaler: Object) -> bool:
    return any(each.get("controller") for each in autoscaler["metadata"].get("ownerReferences") or ())


def _number(workload: Object) -> int:
    return int((workload.get("spec") or {}).get("replicas", 1))
