from __future__ import annotations

from pipelinekit.plan.migrations import MIGRATIONS, TEMPLATES, Migration, due, moves

ONE = Migration(to=2, name="one", files={"a/{name}": "b/{name}", "kept": "moved"})
TWO = Migration(to=3, name="two", files={"b/{name}": "c/{name}"})


def test_what_lies_between_two_versions_is_due() -> None:
    assert due(1, (ONE, TWO)) == (ONE, TWO)
    assert due(2, (ONE, TWO)) == (TWO,)
    assert due(3, (ONE, TWO)) == ()


def test_a_file_that_moved_twice_goes_to_its_last_place() -> None:
    assert moves((ONE, TWO), "orders") == {"a/orders": "c/orders", "b/orders": "c/orders", "kept": "moved"}


def test_a_file_that_came_back_does_not_move() -> None:
    back = Migration(to=3, name="back", files={"b/{name}": "a/{name}"})
    assert "a/orders" not in moves((ONE, back), "orders")


def test_the_versions_count_up_and_every_step_has_a_name_of_its_own() -> None:
    versions = [each.to for each in MIGRATIONS]
    assert versions == sorted(set(versions))
    assert len({each.name for each in MIGRATIONS}) == len(MIGRATIONS)
    assert max(versions, default=1) == TEMPLATES
