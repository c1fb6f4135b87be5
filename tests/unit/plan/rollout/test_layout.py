from __future__ import annotations

from pipelinekit.plan.rollout.layout import Sizes, placed

SIZES = Sizes(width=100, height=40, across=50, down=20)
COLUMNS = [("a",), ("b", "c"), ("d",)]


def test_columns_stand_beside_each_other_and_boxes_below_each_other() -> None:
    made = placed(COLUMNS, [], SIZES)
    assert (made.width, made.height) == (400, 100)
    assert {name: x for name, (x, _) in made.boxes.items()} == {"a": 0, "b": 150, "c": 150, "d": 300}
    assert [made.boxes[name][1] for name in ("a", "b", "c", "d")] == [30, 0, 60, 30]


def test_a_line_begins_and_ends_at_its_boxes_and_each_has_a_place_of_its_own() -> None:
    made = placed(COLUMNS, [("b", "a"), ("a", "c")], SIZES)
    (one, other) = made.lines["a", "b"], made.lines["a", "c"]
    assert {one[0][0], other[0][0]} == {100}
    assert {one[-1][0], other[-1][0]} == {150}
    assert one[0][1] != other[0][1]


def test_a_line_over_a_column_keeps_clear_of_its_boxes() -> None:
    made = placed(COLUMNS, [("a", "d")], SIZES)
    _, start, end, _ = made.lines["a", "d"]
    assert (start[0], end[0], start[1] == end[1]) == (150, 250, True)
    for name in ("b", "c"):
        top = made.boxes[name][1]
        assert not top <= start[1] <= top + SIZES.height


def test_a_line_in_one_column_has_both_ends_at_the_right() -> None:
    made = placed(COLUMNS, [("c", "b")], SIZES)
    assert [x for x, _ in made.lines["b", "c"]] == [250, 250]


def test_what_is_called_together_stands_together() -> None:
    columns = [("a", "b"), ("c", "d")]
    made = placed(columns, [("a", "d"), ("b", "c")], SIZES)
    assert (made.boxes["a"][1] < made.boxes["b"][1]) == (made.boxes["d"][1] < made.boxes["c"][1])


def test_nothing_has_no_size() -> None:
    made = placed([], [], SIZES)
    assert (made.width, made.height, made.boxes) == (0, 0, {})
