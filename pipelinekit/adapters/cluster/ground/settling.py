"""A namespace, made where there is none: for an environment, a component, and what keeps certificates."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.model.ground.preparation import POD_SECURITY
from pipelinekit.model.release import Target


def settle(
    env: Mapping[str, str], target: Target, level: str, labels: Mapping[str, str] | None = None
) -> bool:
    """Make the namespace, with that Pod Security, unless it is there; whether it was made.

    An account that may not look is taken at its word that somebody else makes namespaces. Raises `ToolFailed`
    when the cluster refuses.
    """
    done = kubectl.run(env, target, "get", "namespace", target.namespace, "--output", "name")
    if done.code == 0 or "forbidden" in done.err.lower():
        return False
    if "NotFound" not in done.err:
        raise answers.cluster_failed(target.context, done.reason())
    metadata = {"name": target.namespace, "labels": {f"{POD_SECURITY}/enforce": level, **(labels or {})}}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    made = kubectl.run(env, target, "create", "--filename", "-", stdin=json.dumps(body))
    if made.code and "AlreadyExists" not in made.err:
        raise answers.cluster_failed(target.context, made.reason())
    return not made.code
