"""Namespaces through kubectl, for those who prepare them. Secrets go there over standard input alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.cluster.objects import APPLY, Objects
from pipelinekit.model.deployment import Look, Object
from pipelinekit.model.ground.preparation import MARK, PLATFORM_LABEL, US, Ground
from pipelinekit.model.release import Target
from pipelinekit.plan.deploying.fields import PREPARES

PROGRAMS = "deployments,statefulsets,daemonsets,replicasets,cronjobs,jobs,pods"
PREPARED = {
    "resourcequotas": "ResourceQuota",
    "limitranges": "LimitRange",
    "networkpolicies": "NetworkPolicy",
    "secrets": "Secret",
    "serviceaccounts": "ServiceAccount",
    "roles": "Role",
    "rolebindings": "RoleBinding",
}
"""The kinds that are prepared."""


class Namespaces:
    """Clusters as a set of kubeconfig files reaches them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self._objects = Objects(env, PREPARES)

    def ground(self, target: Target) -> Ground:
        """The namespace, and what makes pods there; that is asked only where no platform has it yet."""
        namespace = kubectl.found(self.env, target, "namespace", target.namespace)
        if namespace is None:
            return Ground(namespace=None)
        if (namespace["metadata"].get("labels") or {}).get(PLATFORM_LABEL):
            return Ground(namespace=namespace)
        items = kubectl.listed(self.env, target, PROGRAMS)
        made = (each for each in items if not each["metadata"].get("ownerReferences"))
        return Ground(namespace=namespace, programs=tuple(made))

    def ours(self, target: Target, platform: str) -> tuple[str, ...]:
        """What a platform has prepared there; of Secrets no more than the name is asked."""
        marks = f"{MARK}={US},{PLATFORM_LABEL}={platform}"
        columns = "custom-columns=:.kind,:.metadata.name"
        words = ("get", ",".join(PREPARED), "--selector", marks, "--no-headers", "--output", columns)
        lines = kubectl.check(self.env, target, *words).splitlines()
        return tuple("/".join(line.split()) for line in lines if line.strip())

    def look(self, target: Target, objects: Sequence[Object]) -> Look:
        """Those objects as they are, and as they would be; values of Secrets are digests."""
        return self._objects.look(target, "\n---\n".join(json.dumps(each) for each in objects))

    def apply(self, target: Target, objects: Sequence[Object]) -> None:
        """Make what they declare ours, in their order."""
        listed: dict[str, Any] = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        words = (*APPLY, f"--field-manager={PREPARES}")
        kubectl.check(self.env, target, *words, stdin=json.dumps(listed))

    def remove(self, target: Target, names: Sequence[str]) -> None:
        """Delete objects of the namespace."""
        if names:
            kubectl.check(self.env, target, "delete", *names, "--ignore-not-found")
