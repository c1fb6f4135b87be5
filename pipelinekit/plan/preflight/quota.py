"""Whether a namespace's quota has room for a rollout, in which new pods run beside old ones for a while.

What a pod counts for, and for which quota, is held against the API server in `tests/real/test_quotas.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from pipelinekit.model.ground.preflight import Object
from pipelinekit.plan.preflight.needs import hooks_of, template_of
from pipelinekit.plan.quantities import quantity

_COMPUTED = ("cpu", "memory")
_SHORT = {"cpu": "requests.cpu", "memory": "requests.memory"}
_SURGE = "25%"
_SHARE = re.compile(r"([0-9]{1,9})(%?)")

Usage = Mapping[str, Decimal]
"""What is counted, by the names that quotas have for it."""


def exceeded(objects: Sequence[Object], live: Sequence[Object], quotas: Sequence[Object]) -> Iterator[str]:
    """What has no room, in words: what is used, what comes on top at the height of the rollout, the limit."""
    running = {(each["kind"], each["metadata"]["name"]): each for each in live}
    extra: list[tuple[int, Object, Usage]] = []
    for each in objects:
        pods = _more_pods(each, running.get((each["kind"], each["metadata"]["name"])))
        template = template_of(each)
        if pods and template:
            extra.append((pods, template["spec"], usage(template["spec"])))
    for quota in quotas:
        status = quota.get("status", {})
        mine = [(pods, used) for pods, spec, used in extra if counts(quota, spec)]
        for name, limit in (status.get("hard") or {}).items():
            what = _SHORT.get(name, name)
            more = sum((pods * used.get(what, Decimal(0)) for pods, used in mine), Decimal(0))
            used = quantity((status.get("used") or {}).get(name, "0"))
            if more and used + more > quantity(limit):
                yield (
                    f"quota {quota['metadata']['name']} has no room for the rollout: {name} is {limit}, "
                    f"{_shown(used)} in use, {_shown(more)} more at its height"
                )


def _more_pods(thing: Object, live: Object | None) -> int:
    """How many pods come on top of those that are there, at the height of the rollout."""
    spec, before = thing.get("spec") or {}, (live or {}).get("spec", {})
    there = int((live or {}).get("status", {}).get("replicas", 0))
    if thing["kind"] == "Deployment":
        replicas = _replicas(spec.get("replicas", before.get("replicas")))
        strategy = spec.get("strategy") or {}
        surge = 0
        if live and strategy.get("type") != "Recreate":
            surge = _part((strategy.get("rollingUpdate") or {}).get("maxSurge"), replicas)
        return max(replicas + surge - there, 0)
    if thing["kind"] == "StatefulSet":
        return max(_replicas(spec.get("replicas")) - there, 0)
    rests = hooks_of(thing) or spec.get("suspend")
    return int(thing["kind"] == "Job" and not rests and live is None)


def _replicas(said: object) -> int:
    return said if isinstance(said, int) else 1


def _part(share: object, whole: int) -> int:
    found = _SHARE.fullmatch(str(_SURGE if share is None else share))
    if found is None:
        return 0
    return math.ceil(int(found[1]) * whole / 100) if found[2] else int(found[1])


def usage(spec: Object) -> Usage:
    """What one pod counts for: what runs all the time together, or the biggest of those that run before.

    What runs all the time are its containers, and of its first ones those that are always begun again: each
    of them beside what comes after it. What the pod says of itself as a whole counts instead.
    """
    used = {"pods": Decimal(1)}
    whole = spec.get("resources") or {}
    for kind in ("requests", "limits"):
        for what in _COMPUTED:
            beside = height = Decimal(0)
            for each in spec.get("initContainers") or ():
                asked = _asked(each, kind, what)
                height = max(height, beside + asked)
                beside += asked if each.get("restartPolicy") == "Always" else 0
            together = sum((_asked(each, kind, what) for each in spec.get("containers") or ()), beside)
            height = max(height, together)
            said = (whole.get(kind) or {}).get(what)
            if said is None and not height:
                said = (whole.get("limits") or {}).get(what)
            used[f"{kind}.{what}"] = height if said is None else quantity(said)
    return used


def _asked(container: Object, kind: str, what: str) -> Decimal:
    resources = container.get("resources") or {}
    given = (resources.get(kind) or {}).get(what)
    # Without a request the limit is one.
    return quantity(given if given is not None else (resources.get("limits") or {}).get(what, "0"))


def counts(quota: Object, spec: Object) -> bool:
    """Whether a quota is about a pod; of scopes that are not known here the server is the judge."""
    said = quota.get("spec") or {}
    terms = [{"scopeName": each, "operator": "Exists"} for each in said.get("scopes") or ()]
    terms += (said.get("scopeSelector") or {}).get("matchExpressions") or ()
    return all(_is_in(str(each.get("scopeName")), each, spec) for each in terms)


def _is_in(scope: str, term: Object, spec: Object) -> bool:
    if scope.endswith("Terminating"):
        return (spec.get("activeDeadlineSeconds") is not None) == (scope == "Terminating")
    if scope.endswith("BestEffort"):
        asks = any(amount for name, amount in usage(spec).items() if name != "pods")
        return asks == (scope == "NotBestEffort")
    if scope != "PriorityClass":
        return False
    # Few quotas are about one, and every deployment loads this.
    from pipelinekit.model.network.policies import Selector

    name = spec.get("priorityClassName")
    wanted = (scope, str(term.get("operator")), tuple(map(str, term.get("values") or ())))
    return Selector(terms=(wanted,)).selects({scope: str(name)} if name else {})


def _shown(amount: Decimal) -> str:
    if amount >= 2**20 and amount % 2**20 == 0:
        return f"{int(amount / 2**20)}Mi"
    return f"{amount.normalize():f}"
