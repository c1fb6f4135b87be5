"""Where the boxes and the lines of a picture go: columns from left to right, and lanes for lines between."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from pipelinekit.records import dataclass

Place = tuple[float, float]
_SWEEPS = 6
_LANE = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """In pixels: a box, the space between columns, and between what stands in one."""

    width: float
    height: float
    across: float
    down: float


@dataclass(slots=True)
class Layout:
    """`boxes` are left upper corners; `lines` the points of each line, from its left end to its right one.

    A line keeps clear of boxes: it goes straight through the columns that it crosses. One between two boxes
    of a column has both ends at their right side.
    """

    boxes: dict[str, Place] = field(default_factory=dict)
    lines: dict[tuple[str, str], tuple[Place, ...]] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


Entry = tuple[str, ...]
"""A box, by its name; or a line in a column that it crosses, by its two ends."""


def placed(columns: Sequence[Sequence[str]], links: Iterable[tuple[str, str]], sizes: Sizes) -> Layout:
    """The boxes of these columns, and a line for each pair."""
    at = {name: number for number, column in enumerate(columns) for name in column}
    pairs = sorted({_sorted(pair, at) for pair in links})
    rows: list[list[Entry]] = [[(name,) for name in column] for column in columns]
    for left, right in pairs:
        for number in range(at[left] + 1, at[right]):
            rows[number].append((left, right))
    _untangle(rows, [_way(pair, at) for pair in pairs])
    layout = Layout()
    heights = [_stacked(row, sizes) for row in rows]
    layout.height = max(heights, default=0.0)
    layout.width = max(len(columns) * (sizes.width + sizes.across) - sizes.across, 0.0)
    lanes: dict[tuple[int, Entry], float] = {}
    for number, row in enumerate(rows):
        y = (layout.height - heights[number]) / 2
        for entry in row:
            if len(entry) == 1:
                layout.boxes[entry[0]] = (number * (sizes.width + sizes.across), y)
            lanes[number, entry] = y + _tall(entry, sizes) / 2
            y += _tall(entry, sizes) + sizes.down
    _draw(pairs, at, lanes, layout, sizes)
    return layout


def _sorted(pair: tuple[str, str], at: Mapping[str, int]) -> tuple[str, str]:
    one, other = pair
    return (one, other) if (at[one], one) <= (at[other], other) else (other, one)


def _way(pair: tuple[str, str], at: Mapping[str, int]) -> list[tuple[int, Entry]]:
    """What a line touches, column by column."""
    left, right = pair
    crossed = ((number, pair) for number in range(at[left] + 1, at[right]))
    return [(at[left], (left,)), *crossed, (at[right], (right,))]


def _untangle(rows: list[list[Entry]], ways: Sequence[Sequence[tuple[int, Entry]]]) -> None:
    """Put what belongs together at the same height, back and forth."""
    near: dict[tuple[int, Entry], list[tuple[int, Entry]]] = {}
    for way in ways:
        for one, other in itertools.pairwise(way):
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    for sweep in range(_SWEEPS):
        step = 1 if sweep % 2 == 0 else -1
        for number in range(len(rows))[::step]:
            place = {
                (beside, entry): index / max(len(rows[beside]) - 1, 1)
                for beside in (number - step,)
                if 0 <= beside < len(rows)
                for index, entry in enumerate(rows[beside])
            }
            mine = {
                entry: [place[each] for each in near.get((number, entry), ()) if each in place]
                for entry in rows[number]
            }
            now = {entry: index / max(len(rows[number]) - 1, 1) for index, entry in enumerate(rows[number])}
            rows[number].sort(
                key=lambda entry, mine=mine, now=now: (  # type: ignore[misc]
                    sum(mine[entry]) / len(mine[entry]) if mine[entry] else now[entry]
                )
            )


def _tall(entry: Entry, sizes: Sizes) -> float:
    return sizes.height if len(entry) == 1 else _LANE


def _stacked(row: Sequence[Entry], sizes: Sizes) -> float:
    return sum(_tall(each, sizes) for each in row) + sizes.down * max(len(row) - 1, 0)


def _draw(
    pairs: Sequence[tuple[str, str]],
    at: Mapping[str, int],
    lanes: Mapping[tuple[int, Entry], float],
    layout: Layout,
    sizes: Sizes,
) -> None:
    """The points of each line; those that end at one side of a box are spread over it."""
    ends: dict[tuple[str, bool], list[tuple[float, tuple[str, str]]]] = {}
    for pair in pairs:
        left, right = pair
        far = at[right] - at[left] > 1
        after = lanes[(at[left] + 1, pair) if far else (at[right], (right,))]
        before = lanes[(at[right] - 1, pair) if far else (at[left], (left,))]
        ends.setdefault((left, True), []).append((after, pair))
        ends.setdefault((right, at[left] == at[right]), []).append((before, pair))
    spread: dict[tuple[str, tuple[str, str]], Place] = {}
    for (name, on_right), found in ends.items():
        x, y = layout.boxes[name]
        for index, (_, pair) in enumerate(sorted(found), 1):
            spread[name, pair] = (x + sizes.width * on_right, y + sizes.height * index / (len(found) + 1))
    step = sizes.width + sizes.across
    for pair in pairs:
        left, right = pair
        points = [spread[left, pair]]
        for number in range(at[left] + 1, at[right]):
            y = lanes[number, pair]
            points += [(number * step, y), (number * step + sizes.width, y)]
        layout.lines[pair] = (*points, spread[right, pair])
