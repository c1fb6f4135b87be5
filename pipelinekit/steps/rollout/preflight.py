"""Look a cluster over before components go there: all findings together, whatever the first one is."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit.errors import PipelinekitError
from pipelinekit.model.ground.inspection import Check, Wants
from pipelinekit.model.network.ends import Grounds
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.bundle import images
from pipelinekit.plan.preflight import addresses, cluster, prerequisites, trial
from pipelinekit.ports import Say
from pipelinekit.ports.preflight import Inspector
from pipelinekit.ports.rollout import Components
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.steps.rollout import packing
from pipelinekit.steps.rollout.part import Part, Shelf
from pipelinekit.steps.rollout.render import rendered


def pulled(parts: Sequence[Part], shelf: Shelf, components: Components, say: Say) -> tuple[str, ...]:
    """The images that nodes pull for components, under the names that the platform's values give them.

    What cannot be rendered is told, and its images are named as component.yaml lists them.
    """
    packing.prepare(parts, shelf)
    found: list[str] = []
    failed: dict[str, list[str]] = {}
    for part in parts:
        try:
            objects = read_manifest(rendered(part, shelf, components))
        except PipelinekitError as error:
            failed.setdefault(str(error.faults[0]), []).append(part.name)
            objects = ()
        found += images.pulled(part.component, objects, shelf.platform.images)
    for reason, names in failed.items():
        say(f"{', '.join(names)} cannot be rendered, so images are tried as they are listed: {reason}")
    return tuple(found)


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
