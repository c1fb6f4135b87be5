"""Look a cluster over before components go there: all findings together, whatever the first one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelinekit.errors import PipelinekitError
from pipelinekit.model.ground.inspection import Check, Wants
from pipelinekit.model.network.ends import Grounds
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.bundle import images
from pipelinekit.plan.preflight import addresses, cluster, prerequisites, trial
from pipelinekit.plan.preflight.needs import classes_of
from pipelinekit.ports import Say
from pipelinekit.ports.preflight import Inspector
from pipelinekit.ports.rollout import Components
from pipelinekit.reading.chart.forms import read_formed
from pipelinekit.records import dataclass
from pipelinekit.steps.rollout import packing
from pipelinekit.steps.rollout.part import Part, Shelf
from pipelinekit.steps.rollout.render import charts_of, manifests


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What components ask of a cluster, as they are rendered."""

    images: tuple[str, ...]
    """What nodes pull, under the names that the platform's values give them."""
    classes: Mapping[str, tuple[str, ...]]
    """By component, the storage classes of its claims; empty text: the default."""


def brought(parts: Sequence[Part], shelf: Shelf, components: Components, say: Say) -> Brought:
    """What components ask of a cluster.

    What cannot be rendered is told, and its images are named as component.yaml lists them.
    """
    packing.prepare(parts, shelf)
    found: list[str] = []
    classes: dict[str, tuple[str, ...]] = {}
    failed: dict[str, list[str]] = {}
    for part in parts:
        try:
            charts = charts_of(part, shelf)
            objects, values = read_formed(manifests(charts, components)), charts[-1].values
        except PipelinekitError as error:
            failed.setdefault(str(error.faults[0]), []).append(part.name)
            objects, values = (), {}
        found += images.pulled(part.component, objects, shelf.platform.images, values)
        classes[part.name] = classes_of(objects)
    for reason, names in failed.items():
        say(f"{', '.join(names)} cannot be rendered, so images are tried as they are listed: {reason}")
    return Brought(images=tuple(found), classes=classes)


def preflight(
    target: Target,
    components: Sequence[Component],
    wants: Wants,
    grounds: Grounds | None,
    inspector: Inspector,
    say: Say,
) -> tuple[Check, ...]:
    """Every check of a cluster; `wants` is what `plan.preflight.cluster.wanted` makes of the components.

    `grounds` are what the platform says of the cluster's addresses.

    Raises `ToolFailed` when the cluster does not answer.
    """
    facts = inspector.look(target, wants)
    say(f"trying network, nodes and pulls with pods in a namespace of their own, {wants.timeout} s at most")
    checks = trial.judged(inspector.attempt(target, wants), facts, wants, components)
    return (
        *cluster.judged(facts, wants, components),
        *addresses.judged(facts, grounds),
        *checks,
        *prerequisites.judged(facts, wants, next(each for each in checks if each.name == trial.POLICIES)),
    )
