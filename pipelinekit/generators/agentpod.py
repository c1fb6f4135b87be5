"""The pod in which a pipeline runs on Kubernetes, and what it is allowed."""

from __future__ import annotations

from typing import Any

from pipelinekit.model.jenkins.agent import AgentPod

CONTAINER = "pipelinekit"

CAPABILITIES = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETFCAP", "SETGID", "SETUID")
"""What is left of root. buildah makes a user namespace of its own, and for that maps users (the last three);
with the first three root writes into a workspace that Jenkins made as another user."""


def pod_manifest(pod: AgentPod) -> dict[str, Any]:
    """The agent pod: one container that waits for the pipeline's commands, and in which buildah can build.

    The usual seccomp and AppArmor profiles forbid namespaces and mounts, which a build consists of: so they
    are off, and the pod belongs into a namespace of its own. It is not privileged, and has no SYS_ADMIN.
    """
    container: dict[str, Any] = {
        "name": CONTAINER,
        "image": pod.image,
        "command": ["sleep"],
        "args": ["infinity"],
        "securityContext": {
            "runAsUser": 0,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"], "add": list(CAPABILITIES)},
            "seccompProfile": {"type": "Unconfined"},
            "appArmorProfile": {"type": "Unconfined"},
        },
    }
    # Builds ask nothing of this cluster: a deployment's account comes from a credential.
    spec = {"automountServiceAccountToken": False, "containers": [container]}
    return {"apiVersion": "v1", "kind": "Pod", "spec": spec}
