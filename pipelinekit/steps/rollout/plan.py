"""What a rollout would do, on the cluster as it will be: nothing is published and nothing changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelinekit.errors import PipelinekitError, ToolFailed
from pipelinekit.model.release import ReleaseState
from pipelinekit.model.rollout import Object, PartPlan
from pipelinekit.plan.deploymentplan import lines as changes_of
from pipelinekit.plan.rollout import definitions as crds
from pipelinekit.plan.rollout import releases
from pipelinekit.plan.rollout.order import Order
from pipelinekit.ports import Say
from pipelinekit.reading.manifest import read_manifest
from pipelinekit.steps import deployment as deployment_steps
from pipelinekit.steps.rollout.deploy import Site, refusals
from pipelinekit.steps.rollout.part import Packaged, Part, Shelf, policies_of, release_of


@dataclass(slots=True)
class Known:
    """The kinds that the cluster will have by then: those of components before, in this very plan."""

    kinds: dict[tuple[str, str], Object] = field(default_factory=dict)


def plan(
    parts: Mapping[str, Part], order: Order, whole: Order, shelf: Shelf, site: Site, say: Say
) -> tuple[PartPlan, ...]:
    """One plan a component, in order. What a component lacks does not stop the others from being planned."""
    known: dict[str, Known] = {}
    return tuple(_planned(parts[name], order[name], whole, known, shelf, site, say) for name in order)


def _planned(
    part: Part,
    after: tuple[str, ...],
    whole: Order,
    known: dict[str, Known],
    shelf: Shelf,
    site: Site,
    say: Say,
) -> PartPlan:
    mine = known[part.name] = Known()
    for need in whole.get(part.name, ()):
        mine.kinds.update(known[need].kinds if need in known else {})
    try:
        packaged = release_of(part, shelf, publish=False)
        policies = policies_of(part, shelf, publish=False)
    except PipelinekitError as error:
        return PartPlan(
            component=part.name,
            version="",
            namespace=part.component.namespace,
            acts=True,
            refusals=tuple(map(str, error.faults)),
            after=after,
        )
    prepared = packaged.prepared
    state = site.releases.state(prepared.target)
    brought, wanted = crds.split(
        read_manifest(site.components.everything(prepared.archive, prepared.target, prepared.layers))
    )
    there = dict(
        site.definitions.definitions(
            prepared.target, sorted({*part.component.crds, *(each["metadata"]["name"] for each in brought)})
        )
    )
    mine.kinds.update(crds.kinds_of(brought))
    lines, acts = _release_lines(packaged, state, site, say)
    if policies is not None:
        more, acts_too = _release_lines(policies, site.releases.state(policies.prepared.target), site, say)
        lines = (*(f"policies: {each}" for each in more), *lines)
        acts = acts or acts_too
    changed = tuple(
        each["metadata"]["name"]
        for each in brought
        if crds.differs(each, there.get(each["metadata"]["name"]))
    )
    return PartPlan(
        component=part.name,
        version=prepared.plan.version,
        namespace=prepared.target.namespace,
        acts=acts or bool(changed),
        installed=releases.marked(state.values, releases.VERSION) if state else "",
        definitions=changed,
        lines=lines,
        refusals=(
            *refusals(part, packaged, state, wanted, brought, there),
            *crds.misfits(wanted, mine.kinds),
        ),
        after=after,
    )


def _release_lines(
    packaged: Packaged, state: ReleaseState | None, site: Site, say: Say
) -> tuple[tuple[str, ...], bool]:
    """What changes for a release, and whether anything does."""
    prepared = packaged.prepared
    if state is None:
        wanted = read_manifest(site.components.everything(prepared.archive, prepared.target, prepared.layers))
        _, objects = crds.split(wanted)
        return tuple(f"created: {each['kind']}/{each['metadata']['name']}" for each in objects), True
    there = deployment_steps.find(prepared.target, state, site.objects, say)
    if there.runs(prepared.values):
        return (), False
    try:
        found = deployment_steps.plan_deployment(prepared, there, site.releases, site.objects)
    except ToolFailed as error:
        if error.faults[0].code == "cluster-unreachable":
            raise
        return (f"what would change cannot be told: {error.faults[0].problem}",), True
    return tuple(changes_of(found)), True
