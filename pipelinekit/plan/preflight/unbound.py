"""Claims of a class that gives a volume to the first pod, of which no pod of the chart is the first.

Helm waits for each claim until it is bound. One that is bound, or that names its volume, waits for no pod.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelinekit.model.ground.preflight import AWAITED, Finding, Needs, Object, Seen
from pipelinekit.plan.deploying.fields import key_of, name_of
from pipelinekit.plan.preflight.needs import place_of, template_of

_KIND = "PersistentVolumeClaim"


def findings(needs: Needs, seen: Seen) -> Iterator[Finding]:
    """The claims that wait for a pod which is none of the chart's."""
    bound = {key_of(each, needs.home) for each in seen.live if _is_bound(each)}
    mounted = set(_mounted(needs.objects, needs.home))
    for each in needs.objects:
        if each["kind"] != _KIND or key_of(each, needs.home) in bound:
            continue
        spec = each.get("spec") or {}
        name = spec.get("storageClassName")
        # An empty name is no default: that volume is somebody's work, of no class.
        waits = name != "" and (name or "") in seen.late and not spec.get("volumeName")
        if waits and (place_of(each, needs.home), each["metadata"]["name"]) not in mounted:
            title = name_of(each, needs.home)
            words = f"{title} gets a volume with its first pod, and the chart has none for it"
            hint = "Helm waits until it has one: mount it, or name a storage class that binds at once"
            yield Finding(AWAITED, "claim-unmounted", words, hint)


def _is_bound(claim: Object) -> bool:
    return claim["kind"] == _KIND and (claim.get("status") or {}).get("phase") == "Bound"


def _mounted(objects: Sequence[Object], home: str) -> Iterator[tuple[str, str]]:
    """Namespace and name of each claim that pods mount which run in a rollout."""
    for each in objects:
        template, spec = template_of(each), each.get("spec") or {}
        if not template or each["kind"] == "CronJob" or spec.get("suspend") or spec.get("replicas") == 0:
            continue
        for volume in template["spec"].get("volumes") or ():
            name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            if name:
                yield place_of(each, home), name
