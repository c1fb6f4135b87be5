"""What a deployment would do, and what hands have done since the last one: asked, and nothing done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import ToolFailed
from pipelinekit.model.deployment import DeploymentPlan, Look, Standing
from pipelinekit.model.receipts import ChartPublished, Deployed
from pipelinekit.model.release import ReleasePlan, ReleaseState, Target
from pipelinekit.plan.deploying import admitted, deploymentplan, ending, fields, hooks, intruders, repairs
from pipelinekit.plan.deploying.deployment import standing
from pipelinekit.plan.deploying.scaling import held
from pipelinekit.plan.release import key_at
from pipelinekit.ports import SILENT, Objects, Releases, Say
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.records import dataclass
from pipelinekit.steps.deploying.pending import PENDING

RUNNING = "deployed"
"""How Helm calls a release that is neither failed nor being changed."""

HELM_3 = (
    "Helm 3 knows no owners of fields: it puts back what the chart declares, and an autoscaler's step during "
    "the upgrade is undone until its next look"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What goes where: the published archive, and the values that are laid over it, the later ones on top."""

    plan: ReleasePlan
    chart: ChartPublished
    target: Target
    archive: Path
    layers: tuple[str, ...]
    values: Mapping[str, object]
    """All layers as one."""
    autoscales: bool
    """Whether the values speak of an autoscaler."""

    def receipt(self, state: ReleaseState) -> Deployed:
        """That it runs, as that revision."""
        return Deployed(
            key=key_at(self.plan, self.target),
            version=self.plan.version,
            environment=self.target.environment.name,
            namespace=self.target.namespace,
            revision=state.revision,
            chart_digest=self.chart.digest,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is there: the release, and how its objects stand; None where they could not be compared."""

    state: ReleaseState | None
    look: Look | None = None
    standing: Standing | None = None

    @property
    def touched(self) -> bool:
        """Whether hands have changed something that is declared."""
        return self.standing is not None and self.standing.touched

    @property
    def is_short(self) -> bool:
        """Whether something of it runs in too few pods: those that stay may be why."""
        return self.standing is not None and bool(self.standing.short)

    def runs(self, values: Mapping[str, object]) -> bool:
        """Whether a release with those values is there as it was installed."""
        return self._installed(values) and bool(self.standing and self.standing.good)

    def blinks(self, values: Mapping[str, object]) -> bool:
        """Whether it is, and only some of its pods are not ready or not new."""
        there = self.standing
        return self._installed(values) and bool(there and there.short and not there.touched)

    def differs(self, values: Mapping[str, object]) -> bool:
        """Whether the release alone says there is something to do: none, or other values; nobody at it."""
        return self.state is None or not (
            self.state.status.startswith(PENDING) or self.state.values == values
        )

    def lasts(self, values: Mapping[str, object]) -> bool:
        """Whether it will do a moment later: what hands were at may be over by then, or go on."""
        return self.differs(values) and not self.touched

    def _installed(self, values: Mapping[str, object]) -> bool:
        return bool(self.state and self.state.status == RUNNING and self.state.values == values)


def find(target: Target, state: ReleaseState | None, objects: Objects, say: Say) -> Found:
    """How the objects of the installed release stand; says so when they cannot be compared."""
    if state is None:
        return Found(state=None)
    try:
        return compared(target, state, objects)
    except ToolFailed as error:
        if error.faults[0].code in SILENT:
            raise
        say(f"what is there cannot be compared with the chart: {error.faults[0].problem}")
        return Found(state=state)


def compared(target: Target, state: ReleaseState, objects: Objects) -> Found:
    """How the objects of an installed release stand. Raises `ToolFailed` when the cluster refuses."""
    recorded = read_manifest(state.manifest)
    if not recorded:
        return Found(state=state, look=Look(live=(), applied=(), home=target.namespace), standing=Standing())
    look = objects.look(target, state.manifest)
    there = standing(look, recorded, target.namespace)
    there = replace(there, changes=(*there.changes, *intruders.changes(look, recorded)))
    return Found(state=state, look=look, standing=there)


def mended(there: Found) -> tuple[str, ...]:
    """The objects that `put_back` works on: until then a server takes no application of the chart to them."""
    if not (there.look and there.look.refused and there.state):
        return ()
    found = intruders.places(there.look, read_manifest(there.state.manifest))
    return tuple(dict.fromkeys(fields.name_of(live, there.look.home) for live, _, _ in found))


def put_back(target: Target, there: Found, objects: Objects, *, owns: bool) -> None:
    """Undo the hands' work that no application of a chart could go over; `owns` says by which Helm."""
    if not there.look or (owns and not there.look.refused):
        return
    recorded = read_manifest(there.state.manifest) if there.state else ()
    for live, patch in repairs.patches(there.look, recorded, owns=owns):
        place = live["metadata"].get("namespace") or target.namespace
        objects.restore(replace(target, namespace=place), fields.exact(live), patch)


def matters(prepared: Prepared, there: Found) -> bool:
    """Whether a deployment does more than to lay one chart over another: hands, or pods to be held."""
    return there.touched or (prepared.autoscales and there.look is not None and bool(held(there.look)))


def plan_deployment(prepared: Prepared, there: Found, releases: Releases, objects: Objects) -> DeploymentPlan:
    """What deploying would do to what is there. Raises `ToolFailed` when the cluster refuses."""
    target, state = prepared.target, there.state
    plan = DeploymentPlan(
        application=prepared.plan.app.name,
        version=prepared.plan.version,
        environment=target.environment.name,
        namespace=target.namespace,
        acts=not there.runs(prepared.values),
    )
    look = there.look
    if plan.acts:
        would_be = releases.preview(target, prepared.archive, prepared.layers)
        manifest = would_be.manifest
        recorded = state.manifest if state else ""
        look = objects.look(target, manifest, recorded)
        wanted = read_manifest(manifest)
        before = read_manifest(recorded)
        plan = deploymentplan.with_changes(plan, look, before, wanted, there.standing, owns=releases.owns)
        intruding = (each for each in intruders.changes(look, wanted) if each.path)
        run = hooks.planned(would_be.hooks, state.hooks if state else None)
        plan = replace(plan, hands=(*plan.hands, *intruding), hooks=tuple(run))
    notes = []
    if state and state.status.startswith(PENDING):
        notes.append(f"revision {state.revision} is {state.status}: it is waited for, or taken over")
    for name, why in (look.refused if look else {}).items():
        until = "that is put back" if name in mended(there) else "it is taken"
        notes.append(f"of {name} nothing else is told until {until}: {why}")
    notes += ending.held(look, plan.removed) if look else ()
    if not plan.acts and there.standing:
        notes += admitted.words(there.standing.admitted)
    if plan.acts and not releases.owns:
        notes.append(HELM_3)
        # Whoever else owns the number, Helm 3 sets what a chart no longer names to its default.
        notes += [
            f"Deployment/{name} falls to one pod until its autoscaler's next look" for name in plan.kept
        ]
        plan = replace(plan, kept={})
    digest = deploymentplan.digest_of(
        prepared.chart.digest, prepared.values, state, look or Look(live=(), applied=())
    )
    return deploymentplan.finished(plan, tuple(notes), digest)
