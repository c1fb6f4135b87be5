"""What a rollout would do, on the cluster as it will be: nothing is published and nothing changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pipelinekit.errors import PipelinekitError, ToolFailed
from pipelinekit.model.ground.preflight import REFUSED, UNCHECKED
from pipelinekit.model.ground.preparation import POD_SECURITY
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.model.rollout.part import Object, PartPlan
from pipelinekit.plan.deploying.deploymentplan import lines as changes_of
from pipelinekit.plan.deploying.ending import of_namespace as of_namespace_ending
from pipelinekit.plan.rollout import definitions as crds
from pipelinekit.plan.rollout import releases
from pipelinekit.plan.rollout.order import Order, needed_by
from pipelinekit.ports import Say
from pipelinekit.reading.chart.forms import read_formed
from pipelinekit.records import dataclass
from pipelinekit.steps.deploying import deployment as deployment_steps
from pipelinekit.steps.rollout import backup, knots, packing
from pipelinekit.steps.rollout.deploy import Site, refusals
from pipelinekit.steps.rollout.part import Packaged, Part, Shelf, policies_of, release_of
from pipelinekit.steps.rollout.render import of_namespace

_MAKING = " create secret "
AT_ONCE = 8
"""How many components are looked at together: each is a handful of processes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one component brings and wants, and the plan as far as it needs no other component."""

    plan: PartPlan
    brought: Sequence[Object] = ()
    wanted: Sequence[Object] = ()


def plan(
    parts: Mapping[str, Part], order: Order, whole: Order, shelf: Shelf, site: Site, say: Say
) -> tuple[PartPlan, ...]:
    """One plan a component, in order; `whole` is the order of all that are on.

    What one lacks does not stop the others from being planned. Objects are held against the definitions that
    the cluster has, and those of components before theirs in this very plan.
    """
    if not order:
        return ()
    packing.prepare([parts[name] for name in order], shelf)
    anyone = releases.target_of(parts[next(iter(order))].component, shelf.platform, shelf.environment)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        there = pool.submit(site.definitions.known, anyone)
        deleted = pool.submit(site.parts.ending, anyone)
        seen = dict(
            zip(
                order,
                pool.map(lambda name: _seen(parts[name], order[name], shelf, site, say), order),
                strict=True,
            )
        )
        live = {each["metadata"]["name"]: each for each in there.result()}
        ending = deleted.result()
    brought = {name: crds.kinds_of(each.brought) for name, each in seen.items()}
    plans = (_fitting(name, seen[name], brought, whole, live) for name in order)
    return tuple(_staying(each, ending) for each in plans)


def _staying(plan: PartPlan, ending: Collection[str]) -> PartPlan:
    """The plan, refused where its namespace is on its way out: what runs there still, goes with it."""
    if plan.namespace not in ending:
        return plan
    line = ": ".join(of_namespace_ending(plan.namespace))
    return replace(plan, acts=True, refusals=(line, *plan.refusals))


def _fitting(
    name: str,
    seen: _Seen,
    brought: Mapping[str, crds.Kinds],
    whole: Order,
    live: Mapping[str, Object],
) -> PartPlan:
    """The plan, with what does not fit into definitions that will be there by then."""
    kinds = dict(crds.kinds_of(tuple(live.values())))
    before = {name, *needed_by(name, whole)}
    for other in before & brought.keys():
        kinds.update(brought[other])
    faults = list(crds.misfits(seen.wanted, kinds))
    for other in brought.keys() - before:
        later = {key: each for key, each in brought[other].items() if key not in kinds}
        faults += [
            f"{each['kind']}/{each['metadata']['name']}: its kind comes with {other}: add {other} to needs"
            for each in seen.wanted
            if (str(each.get("apiVersion")), each["kind"]) in later
        ]
    return replace(seen.plan, refusals=(*seen.plan.refusals, *faults))


def _seen(part: Part, after: tuple[str, ...], shelf: Shelf, site: Site, say: Say) -> _Seen:
    try:
        packaged = release_of(part, shelf, publish=False)
        policies = policies_of(part, shelf, publish=False)
        everything = _objects(packaged, site)
        beside = _objects(policies, site) if policies else ()
    except PipelinekitError as error:
        return _Seen(
            plan=PartPlan(
                component=part.name,
                version="",
                namespace=part.component.namespace,
                acts=True,
                refusals=tuple(": ".join(filter(None, (str(each), each.hint))) for each in error.faults),
                after=after,
            )
        )
    prepared = packaged.prepared
    state = site.releases.state(prepared.target)
    brought, wanted = crds.split(everything)
    names = sorted({*part.component.crds, *(each["metadata"]["name"] for each in brought)})
    there = dict(site.definitions.definitions(prepared.target, names))
    lines, acts = _release_lines(packaged, state, wanted, site, say)
    if policies is not None:
        installed = site.releases.state(policies.prepared.target)
        more, acts_too = _release_lines(policies, installed, beside, site, say)
        lines, acts = (*(f"policies: {each}" for each in more), *lines), acts or acts_too
    changed = tuple(
        each["metadata"]["name"]
        for each in brought
        if crds.differs(each, there.get(each["metadata"]["name"]))
    )
    acts = acts or bool(changed)
    if part.component.backup and state and state.values != prepared.values:
        told = backup.never_ran(prepared.target, state, site.releases, site.parts)
        lines = (backup.NEVER_RAN, *lines) if told else lines
    missing, unknown = lacking(prepared.target, wanted, site)
    if any(_MAKING in each for each in missing):
        missing = (*_namespace(prepared.target, site, privileged=part.component.node.privileged), *missing)
    found = PartPlan(
        component=part.name,
        version=prepared.plan.version,
        namespace=prepared.target.namespace,
        acts=acts,
        installed=releases.marked(state.values, releases.VERSION) if state else "",
        definitions=changed,
        lines=lines,
        refusals=(
            *map(str, knots.of(part, wanted, shelf.platform)),
            *refusals(part, packaged, state, wanted, brought, there, site),
        ),
        missing=missing,
        unknown=unknown,
        after=after,
    )
    return _Seen(plan=found, brought=brought, wanted=wanted)


def lacking(target: Target, wanted: Sequence[Object], site: Site) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Secrets and storage classes that are not there, and of what that is not known.

    No refusal of a plan: who comes before, or somebody, may make it. What runs already goes on without it,
    until its pods are made anew.
    """
    if site.missing is None:
        return (), ()
    try:
        findings = site.missing(target, of_namespace(wanted, target.namespace))
    except ToolFailed as error:
        if error.faults[0].code == "cluster-unreachable":
            raise
        return (), (f"which Secrets and storage classes are there: {error.faults[0].problem}",)
    lines = [(each.verdict, f"{each.problem}{f' ({each.hint})' if each.hint else ''}") for each in findings]
    absent, unknown = (tuple(text for kind, text in lines if kind == of) for of in (REFUSED, UNCHECKED))
    return absent, unknown


def _namespace(target: Target, site: Site, *, privileged: bool) -> Iterator[str]:
    """How to make a namespace that is not there as a deployment makes it, for what is made in it before."""
    wanted = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": target.namespace}}
    if site.parts.absent(target, [wanted]):
        label = f"{POD_SECURITY}/enforce={'privileged' if privileged else 'restricted'}"
        make = f"{target.kubectl_anywhere} create namespace {target.namespace}"
        mark = f"{target.kubectl_anywhere} label namespace {target.namespace} {label}"
        yield f"namespace {target.namespace} is not there yet, for the Secrets below ({make} && {mark})"


def _objects(packaged: Packaged, site: Site) -> tuple[Object, ...]:
    prepared = packaged.prepared
    return read_formed(site.components.everything(prepared.archive, prepared.target, prepared.layers))


def _release_lines(
    packaged: Packaged, state: ReleaseState | None, wanted: Sequence[Object], site: Site, say: Say
) -> tuple[tuple[str, ...], bool]:
    """What changes for a release, and whether anything does."""
    if state is None:
        mine = [each for each in wanted if not _is_hook(each)]
        return tuple(f"created: {each['kind']}/{each['metadata']['name']}" for each in mine), True
    prepared = packaged.prepared
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


def _is_hook(each: Object) -> bool:
    return "helm.sh/hook" in (each["metadata"].get("annotations") or {})
