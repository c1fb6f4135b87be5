"""Components and environments with a gate: what looks goes there, what changes does not."""

from __future__ import annotations

from pipelinekit.errors import refused
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.plan.release import describe_gate


def require_open(platform: Platform, environment: Environment) -> None:
    """Raise `Refused` for an environment with a gate: no verb promotes components."""
    if not environment.gated:
        return
    name, cluster = environment.name, environment.cluster
    same = [each.name for each in platform.environments if each.cluster == cluster and not each.gated]
    way = (
        f"those of its cluster '{cluster}' go through an environment there without a gate: --env {same[0]}"
        if same
        else f"declare one without a gate on cluster '{cluster}' for them, in platform.yaml"
    )
    raise refused(
        "components-gated",
        f"'{name}' has a gate ({describe_gate(environment)}), and components are not promoted",
        hint=f"{way}; `pipelinekit platform plan --env {name}` shows what would be done",
    )
