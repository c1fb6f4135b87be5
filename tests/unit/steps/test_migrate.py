from __future__ import annotations

import pytest
import yaml

from pipelinekit.merge import Change, Decisions, Outcome, three_way
from pipelinekit.model.tree import File
from pipelinekit.plan.migrations import Migration
from pipelinekit.steps.migrate import Migrated, migrate, settle
from tests.textmerge import LineMerge

MOVE = Migration(to=2, name="rename", files={"old.txt": "new.txt"})
KEY = Migration(to=3, name="key", keys=(("v-{name}.yaml", ("replicas",), ("web", "replicas")),))


def run(
    base: dict[str, str], disk: dict[str, str], new: dict[str, str], *steps: Migration
) -> tuple[Migrated, dict[str, Change]]:
    trees = [{path: File(text) for path, text in each.items()} for each in (base, new)]
    migrated = migrate(trees[0], disk, steps, "orders")
    changes = settle(three_way(migrated.base, migrated.theirs, trees[1], Decisions(), LineMerge()), migrated)
    return migrated, {each.path: each for each in changes}


@pytest.mark.parametrize(
    ("theirs", "new", "expected"),
    [
        ("a\nb\nc\n", "a\nb\nc\n", ("move", "a\nb\nc\n")),
        ("mine\nb\nc\n", "a\nb\nc\n", ("move", "mine\nb\nc\n")),
        ("a\nb\nc\n", "a\nb\nC\n", ("update", "a\nb\nC\n")),
        ("mine\nb\nc\n", "a\nb\nC\n", ("merge", "mine\nb\nC\n")),
    ],
)
def test_a_file_moves_with_its_edits(theirs: str, new: str, expected: tuple[str, str]) -> None:
    migrated, changes = run({"old.txt": "a\nb\nc\n"}, {"old.txt": theirs}, {"new.txt": new}, MOVE)
    assert migrated.moved == {"new.txt": "old.txt"}
    change = changes["new.txt"]
    assert change.after is not None
    assert (str(change.outcome), change.after.text) == expected
    assert change.touches is (change.outcome is not Outcome.MOVE)


def test_a_file_that_was_deleted_stays_deleted_under_its_new_name() -> None:
    _, changes = run({"old.txt": "a\n"}, {}, {"new.txt": "a\n"}, MOVE)
    assert {path: each.outcome for path, each in changes.items()} == {"new.txt": Outcome.DELETED}


def test_a_move_that_is_done_already_is_not_done_again() -> None:
    migrated, changes = run({"old.txt": "a\n"}, {"new.txt": "mine\n"}, {"new.txt": "a\n"}, MOVE)
    assert migrated.moved == {}
    assert changes["new.txt"].outcome is Outcome.EDITED


def test_a_key_that_the_user_set_is_theirs_under_its_new_name() -> None:
    base, theirs = "replicas: 1\nteam: x\n", "# mine\nreplicas: 5\nteam: x\n"
    new = "team: x\nweb:\n  replicas: 1\n"
    _, changes = run({"v-orders.yaml": base}, {"v-orders.yaml": theirs}, {"v-orders.yaml": new}, KEY)
    change = changes["v-orders.yaml"]
    assert change.after is not None
    assert yaml.safe_load(change.after.text) == {"team": "x", "web": {"replicas": 5}}
    assert change.before == theirs
    assert change.touches


def test_a_text_that_is_no_yaml_keeps_its_keys() -> None:
    migrated, _ = run({}, {"v-orders.yaml": "a: ["}, {}, KEY)
    assert migrated.theirs["v-orders.yaml"] == "a: ["


def test_without_a_step_nothing_moves() -> None:
    migrated, changes = run({"old.txt": "a\n"}, {"old.txt": "mine\n"}, {"old.txt": "a\n"})
    assert migrated.moved == {}
    assert changes["old.txt"].outcome is Outcome.EDITED
