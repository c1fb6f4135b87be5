"""What a cluster never changes in an object that is there, in words and with what helps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.model.ground.preflight import REFUSED, Finding, Object
from pipelinekit.plan.claims import asked, claims_of
from pipelinekit.plan.deploying.fields import FIXED, place_in, titled

_REFUSAL = re.compile(rf'The (\w+) "([^"]+)" is invalid: .*(?:{"|".join(FIXED)})', re.DOTALL)
_KEPT = frozenset(("PersistentVolumeClaim", "PersistentVolume"))
"""Nobody is told to delete these: data goes with them."""


def is_fixed(text: str) -> bool:
    """Whether a refusal says that a field cannot be changed in place, of what may be made anew."""
    found = _REFUSAL.search(text)
    return found is not None and found[1] not in _KEPT


def unchangeable(
    text: str, wanted: Sequence[Object], live: Sequence[Object], home: str = "", kubectl: str = "kubectl"
) -> Finding:
    """The finding for such a refusal: which volumes differ, where it is about them, and the way.

    `home` is the namespace of the release, `kubectl` begins a command that acts there.
    """
    found = _REFUSAL.search(text)
    kind, name = (found[1], found[2]) if found else ("", "")
    place = place_in(text)
    delete = f"{kubectl}{f' --namespace {place}' if place else ''} delete {kind.lower()} {name}"
    there, here = (_named(each, kind, name, place or home, home) for each in (live, wanted))
    differing = "; ".join(_volumes(there, here))
    if kind == "StatefulSet":
        hint = (
            f"`{delete} --cascade=orphan` leaves its pods and volumes, and the next deployment makes it anew"
            "; a volume that is there grows by `kubectl patch pvc`"
        )
        title = titled(f"{kind}/{name}", place or home, home)
        problem = f"{title} cannot be changed in place: {differing or text}"
        return Finding(REFUSED, "object-fixed", problem, hint)
    hint = f"`{delete}`, and the next deployment makes it anew"
    return Finding(REFUSED, "object-fixed", text, hint)


def _named(objects: Sequence[Object], kind: str, name: str, place: str, home: str) -> Mapping[str, Any]:
    for each in objects:
        metadata = each["metadata"]
        if (each["kind"], metadata["name"], metadata.get("namespace") or home) == (kind, name, place):
            return each
    return {}


def _volumes(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    before, after = claims_of(live), claims_of(wanted)
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield f"volume {name} would go"
        elif name not in before:
            yield f"volume {name} would come"
        else:
            for what, told in (("size", asked), ("class", _class)):
                was, is_ = told(before[name]), told(after[name])
                # A class that the chart does not name is the cluster's.
                if was != is_ and is_:
                    yield f"the {what} of volume {name} is {was} and would be {is_}"


def _class(claim: Mapping[str, Any]) -> str:
    return claim.get("storageClassName") or ""
