"""The world that components are rolled out into: a cluster, from where one is rolled out or promoted."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.cli.wiring.line import registry_login

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelinekit.adapters.cluster.charts.components import ComponentHelm
    from pipelinekit.cli.release.desk import Desk
    from pipelinekit.model.ground.preflight import Finding, Object
    from pipelinekit.model.platform.document import Platform
    from pipelinekit.model.release import Target
    from pipelinekit.steps.deploying.deployment import Prepared
    from pipelinekit.steps.promotion.looks.around import Around
    from pipelinekit.steps.rollout.deploy import Site


def helm_here() -> ComponentHelm:
    """Helm, which leaves definitions out."""
    from pipelinekit.adapters.cluster.charts.components import ComponentHelm

    return ComponentHelm(kubeconfig(dict(os.environ)))


def site_of(platform: Platform, helm: ComponentHelm) -> Site:
    """The clusters of a platform."""
    from pipelinekit.adapters.cluster.definitions import Definitions
    from pipelinekit.adapters.cluster.kubernetes import Kubernetes
    from pipelinekit.adapters.cluster.objects import Objects
    from pipelinekit.adapters.cluster.parts import Parts
    from pipelinekit.steps.rollout.deploy import Site

    env = kubeconfig(dict(os.environ))
    parts = Parts(env)
    return Site(
        releases=helm,
        components=helm,
        cluster=Kubernetes(env),
        objects=Objects(env),
        definitions=Definitions(env),
        parts=parts,
        answers=parts,
        survey=lambda prepared: _survey(platform, helm, prepared),
        missing=lambda target, objects: _missing(platform, target, objects),
    )


def around_component(here: Desk, timeout: int, name: str) -> Around:
    """What promoting a component needs of the world."""
    helm = helm_here()
    # Where a component is stands in its own document, which nobody has who asks anchors later.
    return replace(
        here.around(timeout, room=name),
        archives=helm,
        releases=helm,
        anchor=None,
        site=site_of(here.platform, helm),
    )


def _survey(platform: Platform, helm: ComponentHelm, prepared: Prepared) -> tuple[Finding, ...]:
    """What looks a target over, as for applications."""
    from pipelinekit.cli.wiring.scouting import scout
    from pipelinekit.steps.deploying import preflight
    from pipelinekit.steps.rollout.render import surveyed

    manifest = helm.render(prepared.archive, prepared.target, prepared.layers)
    rendered = surveyed(manifest, prepared.target.namespace)
    return preflight.preflight(prepared.target, rendered, scout(platform, registry_login(platform)))


def _missing(platform: Platform, target: Target, objects: Sequence[Object]) -> tuple[Finding, ...]:
    from pipelinekit.cli.wiring.scouting import scout
    from pipelinekit.steps.deploying import preflight

    return preflight.missing(target, objects, scout(platform, registry_login(platform)))
