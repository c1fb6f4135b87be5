"""While an engine builds: what the verbs after `build` will need, and what needs no image to be known."""

from __future__ import annotations

import importlib

from pipelinekit.cli import ahead
from pipelinekit.cli.wiring import Line
from pipelinekit.model.release import Target
from pipelinekit.plan.release import environments_to_deploy
from pipelinekit.steps.artefacts import chart
from pipelinekit.steps.deploying import deployment
from pipelinekit.steps.deploying.deployment import Found

_MODULES = (
    "pipelinekit.merge.keys",
    "pipelinekit.cli.line.deploy",
    "pipelinekit.adapters.cluster.kubernetes",
    "pipelinekit.adapters.cluster.ground.preflight",
)
"""They take as long to load as a small image takes to build."""


def begin(here: Line) -> None:
    """Begin it, for the verbs of the `run` that is under way, if one is."""
    early = ahead.current()
    if early is None:
        return
    plan, helm = here.plan, here.helm
    if "package" in early.verbs:
        early.begin("chart", lambda: chart.rehearse(plan, here.root, here.workspace, helm))
    if "deploy" in early.verbs:
        early.begin("modules", lambda: [importlib.import_module(each) for each in _MODULES])
        for each in environments_to_deploy(here.platform, "", automatic=True):
            _find(early, here, here.target(each))


def linted() -> None:
    """Wait for the linter where it was begun; what it complains of, it will say again."""
    ahead.taken("chart")


def found(target: Target) -> Found | None:
    """What was found in a target, where it was looked for."""
    there: Found | None = ahead.taken(_name(target))
    return there


def _find(early: ahead.Ahead, here: Line, target: Target) -> None:
    helm, objects = here.helm, here.objects

    def look() -> Found:
        state = helm.state(target)
        return deployment.compared(target, state, objects) if state else Found(state=None)

    early.begin(_name(target), look)


def _name(target: Target) -> str:
    return f"found {target.context}/{target.namespace}/{target.name}"
