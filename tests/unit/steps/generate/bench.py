"""Generations in a workspace of memory, for their tests."""

from __future__ import annotations

from typing import Any

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.merge import Decisions, Outcome
from pipelinekit.model.app import App, Process
from pipelinekit.model.tree import File
from pipelinekit.steps.generate import Generation, apply_generation, plan_generation, remember
from tests import examples
from tests.doubles import Workspace
from tests.textmerge import LineMerge

APP = examples.app()
LATER = examples.app(
    processes={
        "web": Process(name="web", port=9000, health="/ready"),
        "worker": Process(name="worker", command=("work",)),
    }
)
VALUES = "charts/orders/values.yaml"


def plan(workspace: Workspace, app: App = APP, **said: Any) -> Generation:
    """What generating would do."""
    decisions = Decisions(**{name: frozenset(paths) for name, paths in said.items()})
    return plan_generation(
        app, examples.site(), "0.1.0", templates(), workspace, remember(workspace), decisions, LineMerge()
    )


def generate(workspace: Workspace, app: App = APP, **said: Any) -> Generation:
    """Generate; what it did."""
    generation = plan(workspace, app, **said)
    apply_generation(generation, workspace)
    return generation


def outcomes(generation: Generation) -> dict[str, Outcome]:
    """The outcome of every file that is not simply the same."""
    return {each.path: each.outcome for each in generation.changes if each.outcome is not Outcome.IDENTICAL}


def generated(app: App = APP) -> Workspace:
    """A folder in which an application was generated."""
    workspace = Workspace()
    generate(workspace, app)
    workspace.writes.clear()
    return workspace


def state(workspace: Workspace) -> tuple[dict[str, str], str | None, dict[str, File] | None]:
    return workspace.texts, workspace.lock, workspace.base
