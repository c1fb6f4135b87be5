"""What is wrong with a pack: APIs that clusters have removed, and values that its pods do not take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipelinekit.errors import Fault, Place
from pipelinekit.model.draft import BUILD_ID, DRAFT

APPS, NETWORK = "apps/v1", "networking.k8s.io/v1"
REMOVED: dict[tuple[str, str], str] = {
    **{
        (api, kind): APPS
        for api in ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2")
        for kind in ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet")
    },
    ("extensions/v1beta1", "Ingress"): NETWORK,
    ("networking.k8s.io/v1beta1", "Ingress"): NETWORK,
    ("extensions/v1beta1", "NetworkPolicy"): NETWORK,
    ("batch/v1beta1", "CronJob"): "batch/v1",
    ("policy/v1beta1", "PodDisruptionBudget"): "policy/v1",
    ("policy/v1beta1", "PodSecurityPolicy"): "a label of the namespace: pod-security.kubernetes.io/enforce",
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): "autoscaling/v2",
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): "autoscaling/v2",
    ("rbac.authorization.k8s.io/v1beta1", "Role"): "rbac.authorization.k8s.io/v1",
    ("rbac.authorization.k8s.io/v1beta1", "RoleBinding"): "rbac.authorization.k8s.io/v1",
}
"""What Kubernetes has removed, and what has taken its place."""

REPOSITORY, TAG, NAME, BUILD = "registry.example/packlint", "0123456789abcdef", "packlint", "01PACKLINT"
"""The four values that a pack is tried with."""


def removed_apis(templates: Mapping[str, str]) -> list[Fault]:
    """Removed APIs in templates, each with its line and what has taken its place."""
    faults = []
    for path, text in sorted(templates.items()):
        start = 0
        for document in re.split(r"(?m)^---.*\n", text):
            kind = re.search(r"(?m)^kind:[ \t]*[\"']?(\w+)", document)
            for found in re.finditer(r"(?m)^[ \t]*apiVersion:[ \t]*[\"']?([\w./-]+)", document):
                new = REMOVED.get((found[1], kind[1])) if kind else None
                if new and kind:
                    line = start + document.count("\n", 0, found.start(1)) + 1
                    problem = f"{kind[1]} of {found[1]} is removed from Kubernetes"
                    faults.append(Fault("api-removed", problem, Place(path, line), hint=f"now: {new}"))
            start += document.count("\n") + 1
    return faults


def contract(objects: Iterable[Mapping[str, Any]], origin: str) -> list[Fault]:
    """Which of the injected values no pod of the chart takes; `objects` were rendered with them."""
    pods = [_template(each) for each in objects]
    specs = [each for each in pods if each]
    if not specs:
        return [Fault("no-workload", "the chart has no Deployment or the like", Place(origin))]
    images = [
        str(container.get("image", ""))
        for each in specs
        for container in each.get("spec", {}).get("containers", ())
    ]
    labels = [(each.get("metadata") or {}).get("labels") or {} for each in specs]
    notes = [(each.get("metadata") or {}).get("annotations") or {} for each in specs]
    wanted = (
        (f"{REPOSITORY}:{TAG}" in images, "image.repository and image.tag", "the container's image"),
        (any(each.get(DRAFT) == NAME for each in labels), DRAFT, f"the pods' label `{DRAFT}`"),
        (any(each.get(BUILD_ID) == BUILD for each in notes), BUILD_ID, f"the pods' annotation `{BUILD_ID}`"),
    )
    return [
        Fault("value-unused", f"no pod takes {name}", Place(origin), hint=f"it belongs into {where}")
        for met, name, where in wanted
        if not met
    ]


def _template(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = thing.get("spec")
    found = spec.get("template") if isinstance(spec, Mapping) else None
    return found if isinstance(found, Mapping) else {}
