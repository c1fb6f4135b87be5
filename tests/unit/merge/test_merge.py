from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.merge import (
    UNSETTLED,
    WRITES,
    Change,
    Decisions,
    Outcome,
    has_markers,
    is_yours,
    next_base,
    three_way,
)
from pipelinekit.model.tree import File, Tree
from tests.textmerge import LineMerge

NOTHING = Decisions()


def merged(base: Tree, disk: dict[str, str], new: Tree, decisions: Decisions = NOTHING) -> tuple[Change, ...]:
    return three_way(base, disk, new, decisions, LineMerge())


def applied(disk: dict[str, str], changes: tuple[Change, ...]) -> dict[str, str]:
    """What is on disk once the changes are."""
    after = dict(disk)
    for change in changes:
        if change.outcome is Outcome.REMOVE:
            del after[change.path]
        elif change.outcome in WRITES and change.after:
            after[change.path] = change.after.text
    return after


# --- every outcome --------------------------------------------------------------------------------

BASE, THEIRS, NEW = "a\nb\nc\n", "a\nmine\nc\n", "a\nb\nc\nnew\n"
BOTH = "a\nmine\nc\nnew\n"
CLASH = "a\nother\nc\n"
CLASHED = "a\n<<<<<<< yours\nmine\n=======\nother\n>>>>>>> generated\nc\n"
MARKED = "<<<<<<< yours\nx\n=======\ny\n>>>>>>> generated\n"


@pytest.mark.parametrize(
    ("base", "theirs", "new", "outcome", "after"),
    [
        # nothing there yet
        (None, None, NEW, Outcome.CREATE, NEW),
        # untouched since the last generation
        (BASE, BASE, BASE, Outcome.IDENTICAL, BASE),
        (BASE, BASE, NEW, Outcome.UPDATE, NEW),
        (BASE, BASE, None, Outcome.REMOVE, None),
        # edited
        (BASE, THEIRS, BASE, Outcome.EDITED, THEIRS),
        (BASE, THEIRS, THEIRS, Outcome.IDENTICAL, THEIRS),
        (BASE, THEIRS, NEW, Outcome.MERGE, BOTH),
        (BASE, BOTH, NEW, Outcome.EDITED, BOTH),
        (BASE, THEIRS, CLASH, Outcome.CONFLICT, CLASHED),
        (BASE, THEIRS, None, Outcome.LEFT, THEIRS),
        (BASE, MARKED, NEW, Outcome.CONFLICT, MARKED),
        (BASE, MARKED, BASE, Outcome.CONFLICT, MARKED),
        # deleted
        (BASE, None, NEW, Outcome.DELETED, None),
        (BASE, None, BASE, Outcome.DELETED, None),
        (BASE, None, None, Outcome.DELETED, None),
        # there before us
        (None, THEIRS, NEW, Outcome.IN_THE_WAY, None),
        (None, NEW, NEW, Outcome.IDENTICAL, NEW),
    ],
)  # fmt: skip
def test_the_table(
    base: str | None, theirs: str | None, new: str | None, outcome: Outcome, after: str | None
) -> None:
    (change,) = merged(
        {} if base is None else {"f": File(base)},
        {} if theirs is None else {"f": theirs},
        {} if new is None else {"f": File(new)},
    )
    assert change == Change("f", outcome, theirs, None if after is None else File(after))


@pytest.mark.parametrize(
    ("base", "theirs", "new", "decisions", "outcome", "after"),
    [
        (BASE, THEIRS, NEW, Decisions(yours=frozenset({"f"})), Outcome.YOURS, None),
        (None, THEIRS, NEW, Decisions(yours=frozenset({"f"})), Outcome.YOURS, None),
        (BASE, None, NEW, Decisions(yours=frozenset({"f"})), Outcome.YOURS, None),
        (BASE, BASE, None, Decisions(yours=frozenset({"f"})), Outcome.YOURS, None),
        (BASE, THEIRS, NEW, Decisions(take_new=frozenset({"f"})), Outcome.UPDATE, NEW),
        (None, THEIRS, NEW, Decisions(take_new=frozenset({"f"})), Outcome.UPDATE, NEW),
        (BASE, MARKED, NEW, Decisions(take_new=frozenset({"f"})), Outcome.UPDATE, NEW),
        (BASE, None, NEW, Decisions(take_new=frozenset({"f"})), Outcome.CREATE, NEW),
        (BASE, THEIRS, NEW, Decisions(yours=frozenset({"f"}), take_new=frozenset("f")), Outcome.UPDATE, NEW),
        (BASE, THEIRS, CLASH, Decisions(take_theirs=frozenset({"f"})), Outcome.EDITED, THEIRS),
        (None, THEIRS, NEW, Decisions(take_theirs=frozenset({"f"})), Outcome.EDITED, THEIRS),
        (BASE, MARKED, NEW, Decisions(take_theirs=frozenset({"f"})), Outcome.MERGE, "x\n"),
        (BASE, None, NEW, Decisions(restore=frozenset({"f"})), Outcome.CREATE, NEW),
        (BASE, None, NEW, Decisions(restore=frozenset({"g"})), Outcome.DELETED, None),
        (BASE, THEIRS, NEW, Decisions(restore=frozenset({"f"})), Outcome.MERGE, BOTH),
    ],
)  # fmt: skip
def test_the_table_of_what_a_user_may_say(
    base: str | None,
    theirs: str | None,
    new: str | None,
    decisions: Decisions,
    outcome: Outcome,
    after: str | None,
) -> None:
    (change,) = merged(
        {} if base is None else {"f": File(base)},
        {} if theirs is None else {"f": theirs},
        {} if new is None else {"f": File(new)},
        decisions,
    )
    assert change == Change("f", outcome, theirs, None if after is None else File(after))


def test_the_tables_have_every_outcome() -> None:
    tables = (test_the_table, test_the_table_of_what_a_user_may_say)
    rows = [row for table in tables for mark in vars(table)["pytestmark"] for row in mark.args[1]]
    # What moves is known only to a migration: its own tests have it.
    assert {each for row in rows for each in row if isinstance(each, Outcome)} == set(Outcome) - {
        Outcome.MOVE
    }


def test_a_merge_is_executable_when_what_is_generated_is() -> None:
    base, new = {"f": File(BASE)}, {"f": File(NEW, executable=True)}
    (change,) = merged(base, {"f": THEIRS}, new)
    assert change.after == File(BOTH, executable=True)


def test_changes_are_sorted_by_path_and_there_is_one_for_each() -> None:
    base = {"b": File(BASE), "d": File(BASE)}
    new = {"c": File(NEW), "a": File(NEW), "b": File(NEW)}
    assert [each.path for each in merged(base, {}, new)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("Dockerfile", True),
        ("Dockerfile2", False),
        ("charts/orders/values.yaml", True),
        ("charts/orders/templates/x.yaml", True),
        ("charts/orders", False),
        ("charts/orders2/values.yaml", False),
    ],
)
def test_what_is_kept_for_good(path: str, kept: bool) -> None:
    assert is_yours(path, frozenset({"Dockerfile", "charts/orders/"})) is kept


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (MARKED, True),
        ("before\n" + MARKED + "after\n", True),
        ("<<<<<<< yours\n=======\n>>>>>>> generated\n", True),
        ("<<<<<<< yours\nx\n", False),
        ("Title\n=======\n", False),
        (" <<<<<<< yours\n =======\n >>>>>>> generated\n", False),
        (">>>>>>> generated\n=======\n<<<<<<< yours\n", False),
        ("", False),
    ],
)
def test_markers(text: str, found: bool) -> None:
    assert has_markers(text) is found


# --- what counts as generated last ----------------------------------------------------------------


def test_what_was_written_merged_or_deleted_counts_as_generated_and_what_is_yours_does_not() -> None:
    base = {name: File(BASE) for name in ("same", "edited", "merged", "deleted", "kept", "orphan")}
    disk = {"same": BASE, "edited": NEW, "merged": THEIRS, "kept": THEIRS, "way": THEIRS, "orphan": BASE}
    new = {name: File(NEW) for name in ("same", "edited", "merged", "deleted", "kept", "way", "fresh")}
    changes = merged(base, disk, new, Decisions(yours=frozenset({"kept"})))
    assert next_base(changes, base, new) == {
        name: File(NEW) for name in ("same", "edited", "merged", "deleted", "fresh")
    }


def test_a_generation_that_finds_markers_is_merged_once_they_are_gone() -> None:
    """While markers stand nothing is merged into the file, so nothing may count as merged."""
    base: Tree = {"f": File(BASE)}
    disk, first = {"f": THEIRS}, {"f": File(CLASH)}
    changes = merged(base, disk, first)
    disk, base = applied(disk, changes), next_base(changes, base, first)
    assert has_markers(disk["f"])

    second = {"f": File(CLASH + "later\n")}
    changes = merged(base, disk, second)
    assert [each.outcome for each in changes] == [Outcome.CONFLICT]
    disk, base = applied(disk, changes), next_base(changes, base, second)

    (change,) = merged(base, {"f": "a\nresolved\nc\n"}, second)
    assert change.after == File("a\nresolved\nc\nlater\n")


# --- at random ------------------------------------------------------------------------------------

LINES = st.lists(st.sampled_from([f"{letter}\n" for letter in "abcdefgh"]), max_size=8)
TEXT = LINES.map("".join)
NAMES = st.sampled_from(["one", "two", "dir/three"])
TREE = st.dictionaries(NAMES, TEXT.map(File), max_size=3)
DISK = st.dictionaries(NAMES, TEXT, max_size=3)
PATHS = st.frozensets(NAMES, max_size=2)
DECISIONS = st.builds(Decisions, yours=PATHS, take_new=PATHS, take_theirs=PATHS, restore=PATHS)


def known(disk: dict[str, str], base: Tree, new: Tree) -> dict[str, str]:
    return {path: text for path, text in disk.items() if path in base or path in new}


@given(TREE, DISK, TREE, DECISIONS)
def test_applying_twice_is_applying_once(
    base: Tree, disk: dict[str, str], new: Tree, said: Decisions
) -> None:
    disk = known(disk, base, new)
    changes = merged(base, disk, new, said)
    after, then = applied(disk, changes), next_base(changes, base, new)
    kept = Decisions(yours=said.yours - said.take_new)
    again = merged(then, known(after, then, new), new, kept)
    assert applied(after, again) == after
    assert next_base(again, then, new) == then
    assert {each.path for each in again if each.outcome in UNSETTLED} == {
        each.path for each in changes if each.outcome in UNSETTLED
    }


@given(TREE, DISK, TREE, st.data())
def test_no_edit_is_lost(base: Tree, disk: dict[str, str], new: Tree, data: st.DataObject) -> None:
    """Every line that a person wrote is still there, whatever else has happened around it."""
    disk = known(disk, base, new)
    for path, text in disk.items():
        lines = text.splitlines(keepends=True)
        for number in range(data.draw(st.integers(0, 2))):
            lines.insert(data.draw(st.integers(0, len(lines))), f"mine {path} {number}\n")
        disk[path] = "".join(lines)
    said = data.draw(st.builds(Decisions, yours=PATHS, take_theirs=PATHS, restore=PATHS))
    after = applied(disk, merged(base, disk, new, said))
    for path, text in disk.items():
        mine = [line for line in text.splitlines() if line.startswith("mine")]
        assert [line for line in after.get(path, "").splitlines() if line.startswith("mine")] == mine


@given(TREE, DISK, TREE)
def test_what_was_there_before_us_is_left_as_it_is(base: Tree, disk: dict[str, str], new: Tree) -> None:
    disk = known(disk, base, new)
    after = applied(disk, merged(base, disk, new))
    for path in disk.keys() - base.keys():
        assert after[path] == disk[path]


@given(TREE, TREE)
def test_an_untouched_folder_becomes_what_is_generated(base: Tree, new: Tree) -> None:
    disk = {path: file.text for path, file in base.items()}
    changes = merged(base, disk, new)
    assert applied(disk, changes) == {path: file.text for path, file in new.items()}
    assert next_base(changes, base, new) == new


@given(TREE, TREE, st.sets(NAMES))
def test_what_was_deleted_stays_deleted_until_it_is_asked_back(base: Tree, new: Tree, gone: set[str]) -> None:
    disk = {path: file.text for path, file in base.items() if path not in gone}
    changes = merged(base, disk, new)
    then = next_base(changes, base, new)
    deleted = gone & base.keys() & new.keys()
    assert not deleted & applied(disk, changes).keys()
    back = merged(then, applied(disk, changes), new, Decisions(restore=frozenset(deleted)))
    assert deleted <= applied({}, back).keys()


@given(TEXT, st.lists(st.tuples(TEXT, st.integers(0, 8)), min_size=1, max_size=4))
def test_what_is_generated_arrives_however_many_generations_wait_for_a_person(
    base: str, generations: list[tuple[str, int]]
) -> None:
    """A person edits, conflicts come, more generations come; when the last conflict is settled, the newest
    generation's own line is in the file."""
    tree: Tree = {"f": File(base)}
    disk = {"f": base + "mine\n"}
    for number, (text, at) in enumerate(generations):
        lines = text.splitlines(keepends=True)
        lines.insert(at, f"generated {number}\n")
        new = {"f": File("".join(lines))}
        changes = merged(tree, disk, new)
        disk, tree = applied(disk, changes), next_base(changes, tree, new)
    for _ in range(2):
        disk = {"f": "".join(line for line in disk["f"].splitlines(True) if line[:7] not in _MARKERS)}
        changes = merged(tree, disk, new)
        disk, tree = applied(disk, changes), next_base(changes, tree, new)
    assert f"generated {len(generations) - 1}\n" in disk["f"]
    assert "mine\n" in disk["f"]


_MARKERS = {sign * 7 for sign in "<=>"}


def test_the_stand_in_for_git_merges_as_git_does() -> None:
    merge = LineMerge().merge
    assert merge("a\nb\nc\n", "a\nb\nc\n", "x\n") == ("x\n", True)
    assert merge("a\nb\nc\n", "y\nb\nc\n", "a\nb\nz\n") == ("y\nb\nz\n", True)
    assert merge("a\n", "b\n", "b\n") == ("b\n", True)
    text, clean = merge("a\n", "b", "c")
    assert (text, clean) == ("<<<<<<< yours\nb\n=======\nc\n>>>>>>> generated\n", False)
