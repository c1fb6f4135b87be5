"""How a component stands in a cluster: installed, of which version, ready or why not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipelinekit.model.release import Target
from pipelinekit.model.rollout.part import Object
from pipelinekit.plan.deploying.fields import passes
from pipelinekit.plan.rollout import releases
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.records import dataclass
from pipelinekit.steps.deploying.deployment import RUNNING
from pipelinekit.steps.rollout.deploy import Site, gate_of
from pipelinekit.steps.rollout.looks.plan import lacking
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
    missing: tuple[str, ...] = ()
    """What its pods need and would not find when they are made anew, each with its next step."""


def look(part: Part, shelf: Shelf, site: Site, *, ending: Collection[str] | None = None) -> PartStatus:
    """How a component stands; `ending` are the namespaces that are being deleted, where somebody has looked.

    Raises `ToolFailed` when the cluster does not answer.
    """
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
    manifest = read_manifest(state.manifest)
    reasons = gate_of(part, target, state, server, site, ending=ending).look().reasons
    reasons = (*reasons, *_gone(target, manifest, site), *_policies(part, shelf, site))
    missing, _ = lacking(target, manifest, site)
    if state.status != RUNNING:
        reasons = (f"revision {state.revision} is {state.status}", *reasons)
    return PartStatus(
        component=part.name,
        namespace=target.namespace,
        installed=releases.marked(state.values, releases.VERSION) or f"revision {state.revision}",
        server=server,
        revision=state.revision,
        reasons=tuple(dict.fromkeys(reasons)),
        missing=missing,
    )


def _gone(target: Target, manifest: Sequence[Object], site: Site) -> Iterator[str]:
    """What a release has made and a hand has deleted; what goes by itself is not missed."""
    lasting = [each for each in manifest if not passes(each)]
    for each in site.parts.absent(target, lasting):
        yield f"{each['kind']}/{each['metadata']['name']} is not there"


def _policies(part: Part, shelf: Shelf, site: Site) -> Iterator[str]:
    """How the release of its policies stands: without them it is open to everybody."""
    if not part.component.policies:
        return
    target = releases.target_of(part.component, shelf.platform, shelf.environment, releases.POLICIES)
    state = site.releases.state(target)
    if state is None:
        yield "its policies are not installed"
    else:
        yield from _gone(target, read_manifest(state.manifest), site)
