"""Whose a namespace and what is in it are, before it is prepared: another's is never touched."""

from __future__ import annotations

from pipelinekit.errors import Fault, Refused, refused
from pipelinekit.model.deployment import Look, Object
from pipelinekit.model.ground.preparation import MARK, PLATFORM_LABEL, TEAM_LABEL, US, Ground, Place
from pipelinekit.plan.deploying.fields import name_of

INSTANCE = "app.kubernetes.io/instance"
SYSTEMS = frozenset(("default", "kube-system", "kube-public", "kube-node-lease"))
FEW = 3
"""How many programs of others are named."""

_TOOLS = {
    "argocd.argoproj.io/instance": "Argo CD",
    "argocd.argoproj.io/tracking-id": "Argo CD",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "helm.toolkit.fluxcd.io/name": "Flux",
    "meta.helm.sh/release-name": "Helm",
}
"""Labels and annotations by which other tools know what is theirs."""


def check_ground(place: Place, ground: Ground) -> None:
    """Raise `Refused` for a namespace that is another team's, platform's or tool's."""
    name = place.target.namespace
    if name in SYSTEMS:
        raise refused(
            "namespace-foreign",
            f"{place.title} is Kubernetes' own",
            hint="name another namespace in platform.yaml",
        )
    found = ground.namespace
    if found is None:
        return
    if found["metadata"].get("deletionTimestamp"):
        raise refused(
            "namespace-ending",
            f"{place.title} is being deleted",
            hint=f"wait until it is gone: kubectl get namespace {name}",
        )
    labels = found["metadata"].get("labels") or {}
    whose = labels.get(TEAM_LABEL)
    if whose and whose not in place.teams:
        raise refused(
            "namespace-foreign",
            f"{place.title} is team {whose}'s, not that of {', '.join(place.teams)}",
            hint="correct the namespace in platform.yaml, or hand it over when it has changed hands:\n"
            f"kubectl label namespace {name} {TEAM_LABEL}-",
        )
    if not _is_ours(place, found):
        raise _foreign(place, name_of(found), _owner(found))
    if labels.get(PLATFORM_LABEL) == place.platform:
        return
    others = [
        name_of(each)
        for each in ground.programs
        if (each["metadata"].get("labels") or {}).get(INSTANCE) not in place.applications
    ]
    if others:
        shown = ", ".join(others[:FEW]) + (f" and {len(others) - FEW} more" if len(others) > FEW else "")
        raise refused(
            "namespace-foreign",
            f"{place.title} has programs that are no application of ours: {shown}",
            hint="they would lose their network: move them, or say that it may be so:\n"
            f"kubectl label namespace {name} {PLATFORM_LABEL}={place.platform}",
        )


def check_objects(place: Place, look: Look) -> None:
    """Raise `Refused` with everything that has a name of ours and is somebody else's, or is not taken."""
    faults = [
        fault
        for each in look.live
        if each["kind"] != "Namespace" and not _is_ours(place, each, marked=True)
        for fault in _foreign(place, name_of(each), _owner(each)).faults
    ]
    faults += [
        Fault("object-refused", f"{place.title}: the cluster does not take {name}: {why}")
        for name, why in look.refused.items()
    ]
    if faults:
        raise Refused(*faults)


def _is_ours(place: Place, found: Object, *, marked: bool = False) -> bool:
    """Whether it is this platform's; without `marked` also what nobody has marked."""
    label = (found["metadata"].get("labels") or {}).get(PLATFORM_LABEL)
    return label == place.platform or (not marked and not label and not _owner(found))


def _owner(found: Object) -> str:
    """Whose it is by the marks that it has, or empty."""
    metadata = found["metadata"]
    labels, notes = metadata.get("labels") or {}, metadata.get("annotations") or {}
    if labels.get(PLATFORM_LABEL):
        return f"platform {labels[PLATFORM_LABEL]}"
    for each in metadata.get("ownerReferences") or ():
        return f"{each['kind']} {each['name']}"
    by_tool = next((tool for mark, tool in _TOOLS.items() if mark in labels or mark in notes), "")
    return by_tool or (labels.get(MARK, "") if labels.get(MARK) != US else "")


def _foreign(place: Place, name: str, owner: str) -> Refused:
    kind, _, own = name.partition("/")
    scope = "" if kind == "Namespace" else f"--namespace {place.target.namespace} "
    whose = f"is {owner}'s" if owner else "was made by somebody else"
    return refused(
        "namespace-foreign" if kind == "Namespace" else "object-foreign",
        f"{place.title}: {name} {whose}",
        hint="remove or rename it there; or, when it is to be ours from now on, hand it over:\n"
        f"kubectl {scope}label --overwrite {kind.lower()} {own} {PLATFORM_LABEL}={place.platform}",
    )
