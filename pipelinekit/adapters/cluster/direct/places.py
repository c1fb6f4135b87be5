"""Where objects are on an API server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pipelinekit.adapters.cluster.direct.way import Way

_KNOWN = {
    ("v1", "ConfigMap"): "configmaps",
    ("v1", "Namespace"): "namespaces",
    ("v1", "PersistentVolumeClaim"): "persistentvolumeclaims",
    ("v1", "Pod"): "pods",
    ("v1", "Secret"): "secrets",
    ("v1", "Service"): "services",
    ("v1", "ServiceAccount"): "serviceaccounts",
    ("apps/v1", "DaemonSet"): "daemonsets",
    ("apps/v1", "Deployment"): "deployments",
    ("apps/v1", "StatefulSet"): "statefulsets",
    ("autoscaling/v2", "HorizontalPodAutoscaler"): "horizontalpodautoscalers",
    ("batch/v1", "CronJob"): "cronjobs",
    ("batch/v1", "Job"): "jobs",
    ("networking.k8s.io/v1", "Ingress"): "ingresses",
    ("networking.k8s.io/v1", "NetworkPolicy"): "networkpolicies",
    ("policy/v1", "PodDisruptionBudget"): "poddisruptionbudgets",
}
"""What most charts are made of, and where it is; the server is asked about the rest."""
_APART = ("v1", "Namespace")
"""The one of them that belongs to no namespace."""


def folder(way: Way, each: Mapping[str, Any], namespace: str) -> str | None:
    """The path of an object's kind, in its own namespace or else in that; None for what is not known."""
    version, kind = what = str(each.get("apiVersion", "")), str(each.get("kind", ""))
    found = (_KNOWN[what], what != _APART) if what in _KNOWN else _told(way, version, kind)
    if found is None:
        return None
    named = (each.get("metadata") or {}).get("namespace") or namespace
    return listed(version, found[0], str(named) if found[1] else "")


def listed(version: str, resources: str, namespace: str) -> str:
    """The path of resources of a group and version; an empty namespace is for those that have none."""
    within = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
    return f"{_group(version)}{within}/{quote(resources, safe='')}"


def named(way: Way, each: Mapping[str, Any], namespace: str) -> str | None:
    """The path of an object; None for what is not known, and for one without a name."""
    path, name = folder(way, each, namespace), (each.get("metadata") or {}).get("name")
    return f"{path}/{quote(str(name), safe='')}" if path and name else None


def _told(way: Way, version: str, kind: str) -> tuple[str, bool] | None:
    """What the server calls the resources of a kind, and whether they belong to namespaces."""
    answer = way.found(_group(version)) if version else None
    for each in (answer or {}).get("resources") or ():
        if each.get("kind") == kind and "/" not in each.get("name", "/"):
            return str(each["name"]), bool(each.get("namespaced"))
    return None


def _group(version: str) -> str:
    path = "/".join(quote(part, safe="") for part in version.split("/"))
    return f"/apis/{path}" if "/" in version else f"/api/{path}"
