"""Generations that are killed at any write, and files that move."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.errors import UsageError
from pipelinekit.merge import Decisions, Outcome
from pipelinekit.plan.migrations import Migration
from pipelinekit.steps.generate import Generation, apply_generation, plan_generation, remember
from tests import examples
from tests.doubles import Killed, Workspace
from tests.textmerge import LineMerge
from tests.unit.steps.generate.bench import APP, LATER, VALUES, generate, generated, outcomes, plan, state


def edited() -> Workspace:
    """A folder in which a person edited, deleted and added, and in which files will go."""
    app = replace(APP, environments={"dev": APP.processes})
    workspace = generated(app)
    workspace.texts["Dockerfile"] = "# mine\n" + workspace.texts["Dockerfile"]
    workspace.texts["Jenkinsfile"] += "// mine\n"
    del workspace.texts[".draftignore"]
    return workspace


COUNTED = edited()
generate(COUNTED, LATER)
WRITES = len(COUNTED.writes)


@pytest.mark.parametrize("survives", range(WRITES))
def test_killed_at_any_write_the_next_generation_ends_in_the_same_state(survives: int) -> None:
    workspace = edited()
    workspace.kill_after = survives
    with pytest.raises(Killed):
        generate(workspace, LATER)
    workspace.kill_after = None
    generate(workspace, LATER)
    assert state(workspace) == state(COUNTED)
    assert generate(workspace, LATER).current


@pytest.mark.parametrize("survives", range(len(COUNTED.texts) + 3))
def test_a_first_generation_killed_at_any_write_is_completed(survives: int) -> None:
    workspace = Workspace(kill_after=survives)
    try:
        generate(workspace)
    except Killed:
        workspace.kill_after = None
        generation = generate(workspace)
        assert generation.unsettled == ()
    assert state(workspace) == state(generated())


@pytest.mark.parametrize("survives", range(WRITES))
def test_killed_twice_it_still_ends_in_the_same_state(survives: int) -> None:
    workspace = edited()
    for limit in (survives, survives + 2):
        workspace.kill_after = limit
        workspace.writes.clear()
        try:
            generate(workspace, LATER)
        except Killed:
            continue
    workspace.kill_after = None
    generate(workspace, LATER)
    assert state(workspace) == state(COUNTED)


def test_a_conflict_in_a_killed_generation_keeps_both_sides() -> None:
    workspace = generated()
    workspace.texts["Dockerfile"] = workspace.texts["Dockerfile"].replace("EXPOSE 8080", "EXPOSE 1234")
    workspace.kill_after = 1
    with pytest.raises(Killed):
        generate(workspace, LATER)
    workspace.kill_after = None
    generation = generate(workspace, LATER)
    assert [each.path for each in generation.unsettled] == ["Dockerfile"]
    assert "EXPOSE 1234" in workspace.texts["Dockerfile"]
    assert "EXPOSE 9000" in workspace.texts["Dockerfile"]


RENAMED = Migration(to=2, name="rename", files={"charts/orders/Jenkinsfile.old": "Jenkinsfile"})


def older(edit: str) -> Workspace:
    """A folder that older templates made, in which the Jenkinsfile had another name; `edit` is the user's."""
    workspace = generated()
    assert workspace.base is not None
    assert workspace.lock is not None
    workspace.base["charts/orders/Jenkinsfile.old"] = workspace.base.pop("Jenkinsfile")
    workspace.texts["charts/orders/Jenkinsfile.old"] = workspace.texts.pop("Jenkinsfile") + edit
    workspace.lock = workspace.lock.replace("Jenkinsfile:", "charts/orders/Jenkinsfile.old:")
    return workspace


def migrated(workspace: Workspace) -> Generation:
    """Generate with templates in which the Jenkinsfile has its name."""
    generation = plan_generation(
        LATER,
        examples.site(),
        "0.2.0",
        templates(),
        workspace,
        remember(workspace),
        Decisions(),
        LineMerge(),
        (RENAMED,),
    )
    apply_generation(generation, workspace)
    return generation


def test_a_file_moves_with_its_edit_when_its_template_has_another_name() -> None:
    workspace = older("// mine\n")
    assert outcomes(migrated(workspace))["Jenkinsfile"] is Outcome.MOVE
    assert "charts/orders/Jenkinsfile.old" not in workspace.texts
    assert workspace.texts["Jenkinsfile"].endswith("// mine\n")
    assert migrated(workspace).current


def test_a_migration_killed_at_any_write_is_completed_by_the_next() -> None:
    reference = older("// mine\n")
    migrated(reference)
    for survived in range(len(reference.writes)):
        workspace = older("// mine\n")
        workspace.kill_after = survived
        with pytest.raises(Killed):
            migrated(workspace)
        workspace.kill_after = None
        migrated(workspace)
        assert state(workspace) == state(reference), survived


@pytest.mark.parametrize(
    ("path", "said", "meant"),
    [
        ("Dockerfle", "no file Dockerfle is generated", "did you mean 'Dockerfile'?"),
        ("charts/ordrs/", "no folder charts/ordrs/ is generated", "did you mean 'charts/orders/'?"),
        ("Nonsense/thing", "no file Nonsense/thing is generated", "known are: "),
    ],
)
def test_what_is_kept_has_to_be_something_that_is_generated(path: str, said: str, meant: str) -> None:
    workspace = generated()
    before = state(workspace)
    with pytest.raises(UsageError, match=said) as caught:
        plan(workspace, yours=[path])
    assert meant in caught.value.faults[0].hint
    assert state(workspace) == before


def test_what_was_kept_may_be_kept_again() -> None:
    workspace = generated()
    generate(workspace, yours=["charts/orders/"])
    assert generate(workspace, yours=["charts/orders/"]).current


def test_theirs_after_a_conflict_is_their_side_without_markers() -> None:
    workspace = generated()
    mine = workspace.texts[VALUES].replace("port: 8080", "port: 7070")
    workspace.texts["Dockerfile"] = "<<<<<<< yours\nFROM mine\n=======\nFROM new\n>>>>>>> generated\nUSER 1\n"
    workspace.texts[VALUES] = mine
    assert outcomes(generate(workspace))["Dockerfile"] is Outcome.CONFLICT
    generation = generate(workspace, take_theirs=["Dockerfile"])
    assert not generation.unsettled
    assert workspace.texts["Dockerfile"] == "FROM mine\nUSER 1\n"
    assert not generate(workspace).unsettled
