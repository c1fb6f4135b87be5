"""A namespace, made where there is none: for an environment, a component, and what keeps certificates."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.errors import refused
from pipelinekit.model.ground.preparation import POD_SECURITY
from pipelinekit.model.release import Target
from pipelinekit.plan.deploying import ending

ENDING = "Terminating"
"""The phase of a namespace that is being deleted."""


def settle(
    env: Mapping[str, str], target: Target, level: str, labels: Mapping[str, str] | None = None
) -> bool:
    """Make the namespace, with that Pod Security, unless it is there; whether it was made.

    An account that may not look is taken at its word that somebody else makes namespaces. Raises `Refused`
    for one that is being deleted, `ToolFailed` when the cluster refuses.
    """
    words = ("get", "namespace", target.namespace, "--output", "jsonpath={.status.phase}")
    done = kubectl.run(env, target, *words)
    if done.code == 0 and done.out.strip() == ENDING:
        problem, hint = ending.of_namespace(target.namespace)
        raise refused("object-ending", problem, hint=hint)
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
