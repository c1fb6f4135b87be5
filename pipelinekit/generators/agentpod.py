"""The pod in which a pipeline runs on Kubernetes, and what it is allowed."""

from __future__ import annotations

from typing import Any

from pipelinekit.model.platform import AgentPod

CONTAINER = "pipelinekit"


def pod_manifest(pod: AgentPod) -> dict[str, Any]:
    """The agent pod: one container that waits for the pipeline's commands."""
    container: dict[str, Any] = {
        "name": CONTAINER,
        "image": pod.image,
        "command": ["sleep"],
        "args": ["infinity"],
    }
    return {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}}
