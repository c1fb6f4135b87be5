"""What a person did to generated files, and decides."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.errors import ToolFailed, UsageError
from pipelinekit.merge import Outcome, has_markers
from tests.doubles import Workspace
from tests.unit.steps.generate.bench import LATER, VALUES, generate, generated, outcomes, plan


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
