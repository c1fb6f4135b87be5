"""Whether a cluster runs its pods in the very engine that builds: what node and pods say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_ALWAYS = re.compile(r"pullPolicy[\"']?\s*:\s*[\"']?Always\b", re.IGNORECASE)
_CONTAINER = re.compile(r"docker://([0-9a-f]{64})")


def docker_node(nodes: Mapping[str, Any]) -> str:
    """The name of the one node whose runtime is a Docker engine; empty for any other cluster.

    One engine is one machine: of several nodes one at least has another.
    """
    items = nodes.get("items")
    if not isinstance(items, list) or len(items) != 1 or (nodes.get("metadata") or {}).get("continue"):
        return ""
    told = ((items[0].get("status") or {}).get("nodeInfo") or {}).get("containerRuntimeVersion")
    return str(items[0]["metadata"]["name"]) if str(told).startswith("docker://") else ""


def containers(pods: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the engine's containers that pods say they are."""
    statuses = (
        status
        for pod in pods.get("items") or ()
        for status in (pod.get("status") or {}).get("containerStatuses") or ()
    )
    found = (_CONTAINER.fullmatch(str(each.get("containerID"))) for each in statuses)
    return frozenset(each[1] for each in found if each)


def always_pulls(texts: Iterable[str]) -> bool:
    """Whether a chart has its images pulled at each start, so that the engine's own would not do."""
    return any(_ALWAYS.search(each) for each in texts)
