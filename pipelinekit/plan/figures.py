"""What a Prometheus said of a window, against bounds: good, bad, or no data, which is neither."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pipelinekit.counts import counted
from pipelinekit.model.platform.gates import Bound
from pipelinekit.model.promotion import Watched

Series = Sequence[tuple[float, float]]
"""Moments and values of one series."""
ENOUGH = 0.8
"""The part of a window's moments that must have a value."""
POINTS = 240
"""Moments of one window at most."""
LEAST = 15
"""Seconds between two of them at least."""


def step_of(seconds: int) -> int:
    """Seconds between two moments of a window."""
    return max(LEAST, -(-seconds // POINTS))


def filled(query: str, names: Mapping[str, str]) -> str:
    """A query with `$team`, `$name` and `$namespace` filled in; PromQL has braces of its own."""
    for name in sorted(names, key=len, reverse=True):
        query = query.replace(f"${name}", names[name])
    return query


def judged(bound: Bound, answer: Sequence[Series], expected: int) -> Watched:
    """What the window's values say; `expected` is how many moments it has.

    One value outside is bad, whatever else is missing. Without one, too few moments or a value that is no
    number are no data.
    """
    values = [value for series in answer for _, value in series]
    outside = [each for each in values if not math.isnan(each) and _outside(bound, each)]
    if outside:
        worst = max(outside, key=lambda each: _distance(bound, each))
        return Watched(bound.name, False, f"{worst:g} is {_told(bound, worst)}")
    if not values:
        return Watched(bound.name, None, "no data")
    if any(math.isnan(each) for each in values):
        return Watched(bound.name, None, "no data: a value is no number")
    moments = {at for series in answer for at, _ in series}
    if len(moments) < expected * ENOUGH:
        return Watched(
            bound.name,
            None,
            f"no data for most of the window: {len(moments)} of {counted(expected, 'moment')}",
        )
    return Watched(
        bound.name, True, f"{min(values):g} to {max(values):g} over {counted(len(moments), 'moment')}"
    )


def silent(bound: Bound, why: str) -> Watched:
    """What is known where nobody answered: nothing."""
    return Watched(bound.name, None, f"no data: {why}")


def _outside(bound: Bound, value: float) -> bool:
    return (bound.lowest is not None and value < bound.lowest) or (
        bound.highest is not None and value > bound.highest
    )


def _distance(bound: Bound, value: float) -> float:
    below = bound.lowest - value if bound.lowest is not None else -math.inf
    above = value - bound.highest if bound.highest is not None else -math.inf
    return max(below, above)


def _told(bound: Bound, value: float) -> str:
    if bound.lowest is not None and value < bound.lowest:
        return f"below {bound.lowest:g}"
    return f"above {bound.highest:g}"
