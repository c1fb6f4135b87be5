"""Components and environments with a gate: what looks goes there, what changes goes by promotion.

A component stands once on a cluster, in its own namespace, whatever environments that cluster has. So one of
these is the one that it goes through: the first without a gate, else the last.
"""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.errors import refused
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.plan.release import describe_gate


def through(platform: Platform, environment: Environment) -> Environment:
    """The environment through which components come onto the same cluster."""
    same = [each for each in platform.environments if each.cluster == environment.cluster]
    return next((each for each in same if not each.gated), same[-1])


def promotable(platform: Platform, environment: Environment) -> Environment:
    """The environment as components see it: `after` names the one that they come from, on another cluster.

    Raises `Refused` for one that components are not promoted to.
    """
    name, way = environment.name, through(platform, environment)
    if not environment.gated:
        raise refused(
            "components-open",
            f"'{name}' has no gate: components are deployed there, not promoted",
            hint=f"`pipelinekit platform deploy --env {name}`",
        )
    if way != environment:
        verb = f"promote --all --to {way.name}" if way.gated else f"deploy --env {way.name}"
        raise refused(
            "components-elsewhere",
            f"components of cluster '{environment.cluster}' go through '{way.name}', not through '{name}'",
            hint=f"`pipelinekit platform {verb}`: each stands there once, whatever environments it has",
        )
    return replace(environment, after=_before(platform, environment))


def stages(platform: Platform) -> tuple[Environment, ...]:
    """The environments that components go through, each with the one that they come from."""
    own = (each for each in platform.environments if through(platform, each) == each)
    return tuple(replace(each, after=_before(platform, each)) for each in own)


def require_open(platform: Platform, environment: Environment) -> None:
    """Raise `Refused` for an environment with a gate: components get there by promotion only."""
    if not environment.gated:
        return
    name, cluster, way = environment.name, environment.cluster, through(platform, environment)
    hint = f"those of its cluster '{cluster}' go through one there without a gate: --env {way.name}"
    if way.gated:
        hint = (
            f"`pipelinekit platform promote --all --to {way.name}` moves what was tested elsewhere, where "
            f"the platform has a ledger; or declare one without a gate on cluster '{cluster}'"
        )
    raise refused(
        "components-gated",
        f"'{name}' has a gate ({describe_gate(environment)}), and components get there by promotion only",
        hint=f"{hint}; `pipelinekit platform plan --env {name}` shows what would be done",
    )


def _before(platform: Platform, environment: Environment) -> str:
    """Through which environment components came onto the nearest cluster before this one; empty: none."""
    each, seen = platform.environment(environment.after), set[str]()
    while each and each.cluster == environment.cluster and each.name not in seen:
        seen.add(each.name)
        each = platform.environment(each.after)
    return through(platform, each).name if each and each.cluster != environment.cluster else ""
