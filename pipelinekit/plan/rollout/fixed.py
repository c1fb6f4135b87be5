"""What Kubernetes does not change in place: foretold, with the verb that can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pipelinekit.plan.claims import asked, claims_of
from pipelinekit.plan.quantities import quantity as amount
from pipelinekit.records import dataclass

Object = Mapping[str, Any]

_ITS_NAME = "COMPONENT"
"""In the place of the component's name; no object is called that."""
RESIZE = f"`pipelinekit platform resize {_ITS_NAME}` grows volumes"
AGAIN = (
    "take the component away and deploy it again: "
    f"`pipelinekit platform remove --only {_ITS_NAME}`, its volumes stay"
)

FIXED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "Deployment": (("spec", "selector"),),
    "StatefulSet": (("spec", "selector"), ("spec", "serviceName"), ("spec", "podManagementPolicy")),
    "DaemonSet": (("spec", "selector"),),
    "Job": (("spec", "selector"), ("spec", "template"), ("spec", "completionMode")),
    "PersistentVolumeClaim": (("spec", "storageClassName"), ("spec", "accessModes"), ("spec", "volumeMode")),
    "StorageClass": (("provisioner",), ("parameters",), ("reclaimPolicy",), ("volumeBindingMode",)),
    "RoleBinding": (("roleRef",),),
    "ClusterRoleBinding": (("roleRef",),),
    "Secret": (("type",),),
}
"""By kind, the fields that no update takes."""
_DEFAULTS: Mapping[str, str] = {
    "serviceName": "",
    "podManagementPolicy": "OrderedReady",
    "completionMode": "NonIndexed",
    "volumeMode": "Filesystem",
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "Immediate",
    "type": "Opaque",
}
"""What a cluster fills in for such a field that is not named: naming it then changes nothing."""


def unchangeable(installed: Sequence[Object], wanted: Sequence[Object], component: str) -> tuple[str, ...]:
    """What of the wanted manifest no update of a component's installed one takes, each with what can."""
    before = {_name(each): each for each in installed}
    return tuple(
        line.replace(_ITS_NAME, component)
        for each in wanted
        if _name(each) in before
        for line in _changes(before[_name(each)], each)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Claims of a StatefulSet that get larger; their names are `stem`, a hyphen and a number."""

    workload: str
    stem: str
    template: str
    before: str
    after: str


def growths(installed: Sequence[Object], wanted: Sequence[Object]) -> tuple[Growth, ...]:
    """The claims that the wanted manifest has larger than the installed one."""
    before = {_name(each): each for each in installed}
    return tuple(
        growth
        for each in wanted
        if each["kind"] == "StatefulSet" and _name(each) in before
        for growth in _growths(before[_name(each)], each)
    )


def _growths(before: Object, after: Object) -> Iterator[Growth]:
    was, becomes = claims_of(before), claims_of(after)
    for claim in sorted(was.keys() & becomes.keys()):
        old, new = _size(was[claim]), _size(becomes[claim])
        if old is not None and new is not None and old < new:
            name = after["metadata"]["name"]
            yield Growth(
                workload=name,
                stem=f"{claim}-{name}",
                template=claim,
                before=asked(was[claim]),
                after=asked(becomes[claim]),
            )


def at_least(quantity: str, wanted: str) -> bool:
    """Whether a quantity is no less than another; what is none is less than anything."""
    return amount(quantity) >= amount(wanted)


def without_growth(lines: Sequence[str]) -> tuple[str, ...]:
    """What cannot be changed, but for volumes that only grow."""
    return tuple(each for each in lines if not each.endswith(RESIZE.rpartition("`")[2]))


def _name(each: Object) -> tuple[str, str, str]:
    return each["kind"], each["metadata"].get("namespace", ""), each["metadata"]["name"]


def _changes(before: Object, after: Object) -> Iterator[str]:
    kind = after["kind"]
    name = f"{kind}/{after['metadata']['name']}"
    if kind == "Job" and _is_hook(after):
        return
    for path in FIXED.get(kind, ()):
        if _at(before, path) != _at(after, path):
            yield f"{name}: {'.'.join(path)} cannot be changed in place; {AGAIN}"
    if kind == "Service":
        yield from _service(name, before, after)
    if kind == "PersistentVolumeClaim":
        yield from _claim(name, "spec", before.get("spec") or {}, after.get("spec") or {})
    if kind == "StatefulSet":
        yield from _templates(name, before, after)
    immutable = kind in ("ConfigMap", "Secret") and before.get("immutable") is True
    if immutable and any(before.get(key) != after.get(key) for key in ("data", "binaryData", "immutable")):
        yield f"{name}: it is immutable; give the new one another name"


def _is_hook(each: Object) -> bool:
    return "helm.sh/hook" in (each["metadata"].get("annotations") or {})


def _service(name: str, before: Object, after: Object) -> Iterator[str]:
    was, becomes = (str(_at(each, ("spec", "clusterIP")) or "") for each in (before, after))
    if becomes and was != becomes:
        yield f"{name}: clusterIP cannot be changed from {was or 'what it was given'} to {becomes}; {AGAIN}"
    elif was == "None" and not becomes:
        yield f"{name}: it is headless, and cannot get a cluster IP in place; {AGAIN}"


def _templates(name: str, before: Object, after: Object) -> Iterator[str]:
    """Claims of a StatefulSet: growing has a verb of its own, everything else has none in place."""
    was, becomes = claims_of(before), claims_of(after)
    for claim in sorted(was.keys() ^ becomes.keys()):
        what = "goes" if claim in was else "comes"
        yield f"{name}: the volume claim {claim} {what}, which cannot be done in place; {AGAIN}"
    for claim in sorted(was.keys() & becomes.keys()):
        yield from _claim(name, f"volume claim {claim}", was[claim], becomes[claim], template=True)
        for field in ("storageClassName", "accessModes", "volumeMode"):
            if _at(was[claim], (field,)) != _at(becomes[claim], (field,)):
                yield f"{name}: {field} of the volume claim {claim} cannot be changed; {AGAIN}"


def _claim(name: str, what: str, was: Object, becomes: Object, *, template: bool = False) -> Iterator[str]:
    before, after = _size(was), _size(becomes)
    if before is None or after is None or before == after:
        return
    sizes = f"from {asked(was)} to {asked(becomes)}"
    if after < before:
        yield f"{name}: {what} cannot shrink {sizes}: no volume does"
    elif template:
        yield f"{name}: {what} cannot grow {sizes} in place; {RESIZE}"


def _size(spec: Object) -> Decimal | None:
    size = asked(spec)
    return amount(size) if size else None


def _at(body: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        body = body.get(step) if isinstance(body, Mapping) else None
    return _DEFAULTS.get(path[-1]) if body is None else body
