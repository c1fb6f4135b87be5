"""Whether a namespace's quota has room for a rollout, in which new pods run beside old ones for a while."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipelinekit.model.ground.preflight import Object
from pipelinekit.plan.preflight.needs import hooks_of, template_of
from pipelinekit.plan.quantities import quantity

_COUNTED = ("pods", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
_SHORT = {"cpu": "requests.cpu", "memory": "requests.memory"}


def exceeded(objects: Sequence[Object], live: Sequence[Object], quotas: Sequence[Object]) -> Iterator[str]:
    """What has no room, in words: what is used, what comes on top at the height of the rollout, the limit."""
    running = {(each["kind"], each["metadata"]["name"]): each for each in live}
    extra = {name: Decimal(0) for name in _COUNTED}
    for each in objects:
        pods = _more_pods(each, running.get((each["kind"], each["metadata"]["name"])))
        template = template_of(each)
        for name, amount in _usage(template["spec"]).items() if template else ():
            extra[name] += pods * amount
    for quota in quotas:
        status = quota.get("status", {})
        for name, limit in (status.get("hard") or {}).items():
            more = extra.get(_SHORT.get(name, name), Decimal(0))
            used = quantity((status.get("used") or {}).get(name, "0"))
            if more and used + more > quantity(limit):
                yield (
                    f"quota {quota['metadata']['name']} has no room for the rollout: {name} is {limit}, "
                    f"{_shown(used)} in use, {_shown(more)} more at its height"
                )


def _more_pods(thing: Object, live: Object | None) -> int:
    """How many pods come on top of those that are there, at the height of the rollout."""
    spec = thing.get("spec") or {}
    if thing["kind"] == "Deployment":
        replicas = int(spec.get("replicas", (live or {}).get("spec", {}).get("replicas", 1)))
        strategy = spec.get("strategy") or {}
        surge = 0
        if live and strategy.get("type") != "Recreate":
            surge = _part((strategy.get("rollingUpdate") or {}).get("maxSurge", "25%"), replicas)
        there = int((live or {}).get("status", {}).get("replicas", 0))
        return max(replicas + surge - there, 0)
    if thing["kind"] == "StatefulSet":
        return max(int(spec.get("replicas", 1)) - int((live or {}).get("status", {}).get("replicas", 0)), 0)
    return int(thing["kind"] == "Job" and not hooks_of(thing) and live is None)


def _part(share: object, whole: int) -> int:
    text = str(share)
    return math.ceil(int(text[:-1]) * whole / 100) if text.endswith("%") else int(text)


def _usage(spec: Object) -> dict[str, Decimal]:
    """What one pod counts for: its containers together, or the biggest of those that run first."""
    used = {"pods": Decimal(1)}
    for kind in ("requests", "limits"):
        for what in ("cpu", "memory"):
            together = sum((_asked(each, kind, what) for each in spec.get("containers") or ()), Decimal(0))
            first = [_asked(each, kind, what) for each in spec.get("initContainers") or ()]
            used[f"{kind}.{what}"] = max([together, *first])
    return used


def _asked(container: Object, kind: str, what: str) -> Decimal:
    resources = container.get("resources") or {}
    given = (resources.get(kind) or {}).get(what)
    # Without a request the limit is one.
    return quantity(given if given is not None else (resources.get("limits") or {}).get(what, "0"))


def _shown(amount: Decimal) -> str:
    if amount >= 2**20 and amount % 2**20 == 0:
        return f"{int(amount / 2**20)}Mi"
    return f"{amount.normalize():f}"
