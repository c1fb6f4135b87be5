"""How a component stands in a cluster: installed, of which version, ready or why not."""

from __future__ import annotations

from dataclasses import dataclass

from pipelinekit.plan.rollout import releases
from pipelinekit.steps.deploying.deployment import RUNNING
from pipelinekit.steps.rollout.deploy import Site, gate_of
from pipelinekit.steps.rollout.part import Part, Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStatus:
    """One component; without `reasons` it is ready."""

    component: str
    namespace: str
    installed: str
    """The chart's version, or empty."""
    server: str
    """The version of what runs, as the chart says."""
    revision: int
    reasons: tuple[str, ...]


def look(part: Part, shelf: Shelf, site: Site) -> PartStatus:
    """How a component stands. Raises `ToolFailed` when the cluster does not answer."""
    target = releases.target_of(part.component, shelf.platform, shelf.environment)
    state = site.releases.state(target)
    if state is None:
        return PartStatus(
            component=part.name,
            namespace=target.namespace,
            installed="",
            server="",
            revision=0,
            reasons=("not installed",),
        )
    server = releases.marked(state.values, releases.SERVER)
    reasons = gate_of(part, target, state, server, site).look().reasons
    if state.status != RUNNING:
        reasons = (f"revision {state.revision} is {state.status}", *reasons)
    return PartStatus(
        component=part.name,
        namespace=target.namespace,
        installed=releases.marked(state.values, releases.VERSION) or f"revision {state.revision}",
        server=server,
        revision=state.revision,
        reasons=reasons,
    )
