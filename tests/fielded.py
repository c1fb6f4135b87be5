"""A Deployment as its chart declares it and a server has it, and who has set which of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.plan.deploying import fields

WEB = 'k:{"name":"web"}'
CONTAINER = ("f:spec", "f:template", "f:spec", "f:containers", WEB)
IMAGE = (*CONTAINER, "f:image")


def entry(manager: str, operation: str, *paths: tuple[str, ...], **more: str) -> dict[str, Any]:
    """What a server keeps of the fields that somebody has set."""
    tree: dict[str, Any] = {}
    for path in paths:
        at = tree
        for step in path:
            at = at.setdefault(step, {})
    return {"manager": manager, "operation": operation, "fieldsV1": tree, **more}


def variable(name: str, *parts: str) -> list[tuple[str, ...]]:
    """The fields of a variable of the container `web`."""
    at = (*CONTAINER, "f:env", f'k:{{"name":"{name}"}}')
    return [(*at, "."), (*at, "f:name"), *((*at, f"f:{field}") for field in parts)]


DECLARED = entry(
    "helm",
    "Apply",
    ("f:spec", "f:replicas"),
    (*CONTAINER, "."),
    (*CONTAINER, "f:name"),
    IMAGE,
    *variable("A", "value"),
    *variable("KEY", "valueFrom"),
)


def made(**spec: Any) -> dict[str, Any]:
    """A Deployment as its chart declares it and the server has it, all its pods ready."""
    container = {
        "name": "web",
        "image": "orders@sha256:1",
        "env": [
            {"name": "A", "value": "x"},
            {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        ],
    }
    template = {"spec": {"containers": [container], "dnsPolicy": "ClusterFirst"}}
    return {
        "kind": "Deployment",
        "metadata": {
            "name": "orders",
            "uid": "1",
            "generation": 1,
            "annotations": {"deployment.kubernetes.io/revision": "1", "meta.helm.sh/release-name": "orders"},
            "managedFields": [DECLARED],
        },
        "spec": {"replicas": 2, "template": template, **spec},
        "status": {
            "observedGeneration": 1,
            "replicas": 2,
            "updatedReplicas": 2,
            "availableReplicas": 2,
        },
    }


def container(each: Mapping[str, Any]) -> dict[str, Any]:
    """Its one container, to be changed."""
    found: dict[str, Any]
    (found,) = each["spec"]["template"]["spec"]["containers"]
    return found


def by(manager: str, each: dict[str, Any], *paths: tuple[str, ...], **more: str) -> dict[str, Any]:
    """The object after somebody has set those fields."""
    ours = entry("helm", "Apply", *(flat(DECLARED) - set(paths)))
    each["metadata"]["managedFields"] = [ours, entry(manager, "Update", *paths, **more)]
    return each


def flat(each: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """The paths of an entry."""
    return {path if path[-1].startswith("f:") else (*path, ".") for path in fields.owned(each)}


def scaler(least: int = 2) -> dict[str, Any]:
    """An autoscaler of the Deployment."""
    target = {"kind": "Deployment", "name": "orders"}
    spec = {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": 9}
    return {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "orders"}, "spec": spec}
