"""Roll one component out: definitions, policies, a backup, the release, the gate behind it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from pipelinekit.errors import Fault, Refused
from pipelinekit.model.ground.preflight import REFUSED
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.model.rollout.part import DEPLOYED, UNCHANGED, Object, Outcome
from pipelinekit.plan.bundle.locked import unlocked
from pipelinekit.plan.release import check_installable
from pipelinekit.plan.rollout import definitions as crds
from pipelinekit.plan.rollout import fixed, releases
from pipelinekit.ports import Cluster, Objects, Releases, Say
from pipelinekit.ports.rollout import Answers, Components, Definitions, Parts
from pipelinekit.reading.chart.forms import read_formed
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.records import dataclass
from pipelinekit.steps import release as release_steps
from pipelinekit.steps.deploying.preflight import require
from pipelinekit.steps.rollout import backup, knots
from pipelinekit.steps.rollout.gate import Gate, pass_through
from pipelinekit.steps.rollout.part import Packaged, Part, Shelf, policies_of, release_of
from pipelinekit.steps.rollout.render import of_namespace

if TYPE_CHECKING:
    from pipelinekit.steps.deploying.preflight import Missing, Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A cluster as a rollout reaches it."""

    releases: Releases
    components: Components
    cluster: Cluster
    objects: Objects
    definitions: Definitions
    parts: Parts
    answers: Answers
    survey: Survey | None = None
    missing: Missing | None = None
    """What finds the Secrets and storage classes that are not there."""


def deploy(part: Part, shelf: Shelf, site: Site, *, timeout: int, say: Say, publish: bool = True) -> Outcome:
    """Roll a component out and wait until its gate is open; nothing where all is as it should be.

    What cannot be changed, and a Secret or a storage class that is not there, is refused before anything of
    the component is changed: no backup is made for nothing. `timeout` is in seconds, for the release and for
    the gate each. Without `publish` the chart repository is not asked: it may be what has to run first.
    Raises `Refused` and `ToolFailed`.
    """
    packaged = release_of(part, shelf, publish=publish)
    policies = policies_of(part, shelf, publish=publish)
    return bring(part, packaged, policies, site, timeout=timeout, say=say)


def bring(
    part: Part, packaged: Packaged, policies: Packaged | None, site: Site, *, timeout: int, say: Say
) -> Outcome:
    """Roll out what is packaged, wherever its charts are from; see `deploy`."""
    target = packaged.prepared.target
    state = site.releases.state(target)
    check_installable(target, state)
    manifest = site.components.everything(packaged.prepared.archive, target, packaged.prepared.layers)
    brought, wanted = crds.split(read_formed(manifest))
    there = _definitions(part, brought, site, packaged)
    if tied := knots.of(part, wanted, packaged.prepared.plan.platform):
        raise Refused(*tied)
    check(part, packaged, state, wanted, brought, there, site)
    # The namespace is there first: whoever is told of a Secret makes it in there.
    acted = site.parts.settle(target, privileged=part.component.node.privileged)
    if state is None or state.values != packaged.prepared.values:
        _require_there(target, wanted, site)
    changed = [each for each in brought if crds.differs(each, there.get(_crd_name(each)))]
    if changed:
        say(f"definitions: {', '.join(_crd_name(each) for each in changed)}")
        site.definitions.define(target, changed)
        acted = True
    if policies is not None:
        acted = _release(policies, site, timeout, say) or acted
    if state and state.values != packaged.prepared.values:
        ran = not (part.component.backup and backup.never_ran(target, state, site.releases, site.parts))
        backup.back_up(part.component, target, site.answers, say, ran=ran)
    acted = _release(packaged, site, timeout, say) or acted
    state = site.releases.state(target)
    gate = gate_of(part, target, state, packaged.server, site)
    acted = pass_through(gate, timeout=timeout, say=say) or acted
    verb = "runs" if acted else "runs already"
    text = f"{packaged.prepared.plan.version} {verb} in {target.namespace}"
    return Outcome(component=part.name, state=DEPLOYED if acted else UNCHANGED, text=text)


def gate_of(
    part: Part,
    target: Target,
    state: ReleaseState | None,
    server: str,
    site: Site,
    *,
    ending: Collection[str] | None = None,
) -> Gate:
    """The gate behind the release that is there; `server` is the version that it must say."""
    return Gate(
        component=part.component,
        target=target,
        manifest=state.manifest if state else "",
        version=server,
        parts=site.parts,
        answers=site.answers,
        ending=ending,
    )


def check(
    part: Part,
    packaged: Packaged,
    state: ReleaseState | None,
    wanted: Sequence[Object],
    brought: Sequence[Object],
    there: dict[str, Object],
    site: Site,
) -> None:
    """Raise `Refused` with all that stands in the way of a component, before anything is done."""
    lines = refusals(part, packaged, state, wanted, brought, there, site)
    if lines:
        raise Refused(*(Fault("cannot-change", line) for line in lines))


def refusals(
    part: Part,
    packaged: Packaged,
    state: ReleaseState | None,
    wanted: Sequence[Object],
    brought: Sequence[Object],
    there: dict[str, Object],
    site: Site,
) -> tuple[str, ...]:
    """Why a component cannot be rolled out as it is wanted, each with what can be done."""
    lines = [crds.refusal(each, there.get(_crd_name(each))) for each in brought]
    undeclared = [name for each in brought if (name := _crd_name(each)) not in part.component.crds]
    lines += [f"{part.name} brings {name}: name it among crds in component.yaml" for name in undeclared]
    digests, registries = part.lock.images if part.lock else {}, packaged.prepared.plan.platform.images
    lines += unlocked(part.component, wanted, digests, registries)
    if state:
        installed = releases.marked(state.values, releases.SERVER)
        lines.append(releases.path_fault(part.component, installed, packaged.server))
        lines += _unchangeable(part.name, packaged, state, wanted, site)
    return tuple(each for each in lines if each)


def _require_there(target: Target, wanted: Sequence[Object], site: Site) -> None:
    """Raise `Refused` with every Secret and storage class that is needed and not there."""
    if site.missing is not None:
        found = site.missing(target, of_namespace(wanted, target.namespace))
        # What is awaited is said where it is waited for.
        require(target, [each for each in found if each.verdict == REFUSED], lambda _: None)


def _unchangeable(
    component: str, packaged: Packaged, state: ReleaseState, wanted: Sequence[Object], site: Site
) -> tuple[str, ...]:
    """What no update takes of the objects that are still there; what is gone is made anew."""
    installed = read_manifest(state.manifest)
    lines = fixed.unchangeable(installed, wanted, component)
    if not lines:
        return ()
    there = site.parts.there(packaged.prepared.target, installed)
    names = {(each["kind"], each["metadata"]["name"]) for each in there}
    still = [each for each in installed if (each["kind"], each["metadata"]["name"]) in names]
    return fixed.unchangeable(still, wanted, component)


def _definitions(part: Part, brought: Sequence[Object], site: Site, packaged: Packaged) -> dict[str, Object]:
    names = sorted({*part.component.crds, *(_crd_name(each) for each in brought)})
    return dict(site.definitions.definitions(packaged.prepared.target, names))


def _release(packaged: Packaged, site: Site, timeout: int, say: Say) -> bool:
    """Install a release by the code that deploys applications; whether anything was done."""
    _, did = release_steps.deploy(
        packaged.prepared,
        releases=site.releases,
        cluster=site.cluster,
        objects=site.objects,
        receipts=packaged.receipts,
        timeout=timeout,
        say=say,
        survey=site.survey,
    )
    return did.acted


def _crd_name(each: Object) -> str:
    return str(each["metadata"]["name"])
