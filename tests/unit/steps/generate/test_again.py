"""A first generation, a second, and what is new in a later one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.merge import Decisions, Outcome
from pipelinekit.model.tree import File
from pipelinekit.reading.lock import read_lock
from pipelinekit.render import Templates
from pipelinekit.steps.generate import Generation, apply_generation, plan_generation, remember
from tests import examples
from tests.doubles import Workspace
from tests.textmerge import LineMerge
from tests.unit.steps.generate.bench import APP, LATER, VALUES, generate, generated, outcomes, plan


def test_planning_writes_nothing() -> None:
    workspace = Workspace()
    generation = plan(workspace)
    assert not generation.current
    assert len(generation.writes) == len(generation.changes) > 10
    assert (workspace.texts, workspace.lock, workspace.writes) == ({}, None, [])


def test_a_first_generation_writes_every_file_and_remembers_it() -> None:
    workspace = Workspace()
    generation = generate(workspace)
    assert set(outcomes(generation).values()) == {Outcome.CREATE}
    assert {"Jenkinsfile", "Dockerfile", VALUES, "draft.toml"} <= workspace.texts.keys()
    assert workspace.base == {path: File(text) for path, text in workspace.texts.items()}
    assert workspace.lock is not None
    lock = read_lock(workspace.lock, "lock.yaml")
    assert lock == generation.lock
    assert lock.files == {path: file.digest for path, file in workspace.base.items()}
    assert (lock.was, lock.site, lock.tool) == ({}, examples.site(), "0.1.0")


def test_a_second_generation_touches_nothing() -> None:
    workspace = generated()
    generation = generate(workspace)
    assert generation.current
    assert outcomes(generation) == {}
    assert workspace.writes == []


def of_inputs(workspace: Workspace, made_from: Templates, inputs: str, **said: Any) -> Generation:
    """What generating would do, told what the files are made from."""
    decisions = Decisions(**{name: frozenset(paths) for name, paths in said.items()})
    generation = plan_generation(
        APP,
        examples.site(),
        "0.1.0",
        made_from,
        workspace,
        remember(workspace),
        decisions,
        LineMerge(),
        inputs=inputs,
    )
    apply_generation(generation, workspace)
    return generation


def test_made_from_the_same_nothing_is_rendered_and_edits_are_told_all_the_same() -> None:
    workspace = Workspace()
    of_inputs(workspace, templates(), "sha256:1")
    assert of_inputs(workspace, {}, "sha256:1").current
    workspace.texts["Dockerfile"] += "# mine\n"
    del workspace.texts["draft.toml"]
    workspace.writes.clear()
    assert outcomes(of_inputs(workspace, {}, "sha256:1")) == {
        "Dockerfile": Outcome.EDITED,
        "draft.toml": Outcome.DELETED,
    }
    assert workspace.writes == []


@pytest.mark.parametrize("damage", ["other inputs", "a decision", "base", "yours"])
def test_where_that_is_not_sure_it_is_rendered(damage: str) -> None:
    workspace = Workspace()
    said: dict[str, Any] = {"yours": ["Jenkinsfile"]} if damage == "yours" else {}
    of_inputs(workspace, templates(), "sha256:1", **said)
    assert workspace.base
    if damage == "base":
        workspace.base = {path: file for path, file in workspace.base.items() if path != "Dockerfile"}
    decided: dict[str, Any] = {"take_new": ["Dockerfile"]} if damage == "a decision" else {}
    with pytest.raises(LookupError):
        of_inputs(workspace, {}, "sha256:2" if damage == "other inputs" else "sha256:1", **decided)


def test_a_newer_tool_that_generates_the_same_writes_the_lock_alone() -> None:
    workspace = generated()
    generation = plan(workspace)
    apply_generation(replace(generation, lock=replace(generation.lock, tool="0.2.0")), workspace)
    assert workspace.writes == ["lock"]
    assert workspace.lock is not None
    lock = read_lock(workspace.lock, "lock.yaml")
    assert lock
    assert lock.tool == "0.2.0"


def test_what_changed_in_the_descriptor_reaches_the_files_that_it_is_in() -> None:
    workspace = generated()
    generation = generate(workspace, LATER)
    assert outcomes(generation) == {"Dockerfile": Outcome.UPDATE, VALUES: Outcome.UPDATE}
    assert "EXPOSE 9000" in workspace.texts["Dockerfile"]
    assert "worker" in workspace.texts[VALUES]
    assert generate(workspace, LATER).current


def test_a_file_that_is_generated_no_more_is_removed_unless_it_was_edited() -> None:
    app = examples.app(environments={"dev": APP.processes, "prod": APP.processes})
    workspace = generated(app)
    workspace.texts["charts/orders/values-prod.yaml"] += "mine: 1\n"
    generation = generate(workspace)
    assert outcomes(generation) == {
        "charts/orders/values-dev.yaml": Outcome.REMOVE,
        "charts/orders/values-prod.yaml": Outcome.LEFT,
    }
    assert "charts/orders/values-dev.yaml" not in workspace.texts
    assert "mine: 1" in workspace.texts["charts/orders/values-prod.yaml"]
    assert generate(workspace).current
