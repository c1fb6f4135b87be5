from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.counts import counted
from pipelinekit.errors import ToolFailed, UsageError
from pipelinekit.merge import Decisions, Outcome, has_markers
from pipelinekit.model.app import App, Process
from pipelinekit.model.tree import File
from pipelinekit.plan.migrations import Migration
from pipelinekit.reading.lock import read_lock
from pipelinekit.render import Templates
from pipelinekit.steps.generate import Generation, apply_generation, plan_generation, remember
from tests import examples
from tests.doubles import Killed, Workspace
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


# --- first, again, later --------------------------------------------------------------------------


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


# --- a person was here ----------------------------------------------------------------------------


def test_an_edit_is_merged_with_what_is_new() -> None:
    workspace = generated()
    workspace.texts["Dockerfile"] = "# mine\n" + workspace.texts["Dockerfile"]
    generation = generate(workspace, LATER)
    assert outcomes(generation)["Dockerfile"] is Outcome.MERGE
    assert workspace.texts["Dockerfile"].startswith("# mine\n")
    assert "EXPOSE 9000" in workspace.texts["Dockerfile"]
    assert generation.unsettled == ()
    assert generate(workspace, LATER).current


def test_a_conflict_waits_for_its_person_and_is_told_until_then() -> None:
    workspace = generated()
    workspace.texts["Dockerfile"] = workspace.texts["Dockerfile"].replace("EXPOSE 8080", "EXPOSE 1234")
    generation = generate(workspace, LATER)
    assert [each.path for each in generation.unsettled] == ["Dockerfile"]
    assert has_markers(workspace.texts["Dockerfile"])
    again = generate(workspace, LATER)
    assert [each.path for each in again.unsettled] == ["Dockerfile"]
    assert again.writes == ()
    settled = generate(workspace, LATER, take_new=["Dockerfile"])
    assert settled.unsettled == ()
    assert "EXPOSE 9000" in workspace.texts["Dockerfile"]


def test_a_file_from_before_is_left_alone_until_somebody_decides() -> None:
    workspace = Workspace(texts={"Dockerfile": "FROM mine\n", "Jenkinsfile": "node {}\n"})
    generation = generate(workspace)
    assert [each.path for each in generation.unsettled] == ["Dockerfile", "Jenkinsfile"]
    assert workspace.texts["Dockerfile"] == "FROM mine\n"
    generation = generate(workspace, take_new=["Jenkinsfile"], yours=["Dockerfile"])
    assert generation.unsettled == ()
    assert workspace.texts["Dockerfile"] == "FROM mine\n"
    assert "pkTest" in workspace.texts["Jenkinsfile"]


def test_what_is_kept_stays_kept_until_the_new_one_is_asked_for() -> None:
    workspace = generated()
    workspace.texts["Dockerfile"] = "FROM mine\n"
    generate(workspace, yours=["Dockerfile"])
    generation = generate(workspace, LATER)
    assert outcomes(generation)["Dockerfile"] is Outcome.YOURS
    assert workspace.texts["Dockerfile"] == "FROM mine\n"
    generate(workspace, LATER, take_new=["Dockerfile"])
    assert "EXPOSE 9000" in workspace.texts["Dockerfile"]
    assert outcomes(generate(workspace, LATER)) == {}


def test_what_is_kept_is_not_even_read() -> None:
    workspace = generated()
    generate(workspace, yours=["charts/orders/"])
    workspace.unreadable = frozenset({VALUES})
    assert set(outcomes(generate(workspace)).values()) == {Outcome.YOURS}
    with pytest.raises(ToolFailed):
        plan(workspace, take_new=[VALUES])


@pytest.mark.parametrize("said", ["take_new", "take_theirs", "restore"])
def test_a_word_about_a_file_that_is_not_generated_is_no_word(said: str) -> None:
    word: dict[str, Any] = {said: ["Dokerfile"]}
    with pytest.raises(UsageError, match="no file Dokerfile is generated") as caught:
        plan(generated(), **word)
    assert caught.value.faults[0].hint == "did you mean 'Dockerfile'?"


def test_a_deleted_file_stays_deleted_until_it_is_asked_back() -> None:
    workspace = generated()
    del workspace.texts[".draftignore"]
    assert outcomes(generate(workspace)) == {".draftignore": Outcome.DELETED}
    assert ".draftignore" not in workspace.texts
    assert outcomes(generate(workspace, LATER))[".draftignore"] is Outcome.DELETED
    assert outcomes(generate(workspace, LATER, restore=[".draftignore"])) == {".draftignore": Outcome.CREATE}
    assert ".draftignore" in workspace.texts


# --- damage ---------------------------------------------------------------------------------------


def test_a_damaged_lock_makes_every_file_yours_until_it_is_the_same() -> None:
    workspace = generated()
    workspace.lock = "<<<<<<< HEAD\n"
    workspace.texts["Dockerfile"] += "# mine\n"
    memory = remember(workspace)
    assert (memory.lock, memory.base) == (None, {})
    assert "damaged" in memory.notices[0]
    generation = generate(workspace)
    assert outcomes(generation) == {"Dockerfile": Outcome.IN_THE_WAY}
    assert workspace.texts["Dockerfile"].endswith("# mine\n")
    assert remember(workspace).notices == ()


@pytest.mark.parametrize("damage", ["gone", "one entry gone", "one entry changed"])
def test_a_damaged_base_is_told_and_rebuilt_where_the_file_is_the_same(damage: str) -> None:
    workspace = generated()
    assert workspace.base
    if damage == "gone":
        workspace.base = None
    elif damage == "one entry gone":
        del workspace.base["Dockerfile"]
    else:
        workspace.base["Dockerfile"] = File("FROM tampered\n")
    damaged = counted(len(workspace.texts) if damage == "gone" else 1, "file")
    generation = generate(workspace)
    assert generation.notices == (f"base.tar.gz is missing or damaged for {damaged}: they count as yours",)
    assert outcomes(generation) == {}
    assert workspace.base == {path: File(text) for path, text in workspace.texts.items()}
    assert generate(workspace).current


def test_what_a_damaged_base_no_longer_explains_is_never_overwritten() -> None:
    workspace = generated()
    workspace.base = None
    workspace.texts["Dockerfile"] = "FROM mine\n"
    generation = generate(workspace, LATER)
    assert outcomes(generation)["Dockerfile"] is Outcome.IN_THE_WAY
    assert workspace.texts["Dockerfile"] == "FROM mine\n"


# --- killed ---------------------------------------------------------------------------------------


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
