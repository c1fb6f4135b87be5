"""A lock and a base that are damaged."""

from __future__ import annotations

import pytest

from pipelinekit.counts import counted
from pipelinekit.merge import Outcome
from pipelinekit.model.tree import File
from pipelinekit.steps.generate import remember
from tests.unit.steps.generate.bench import LATER, generate, generated, outcomes


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
