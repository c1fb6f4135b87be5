from __future__ import annotations

import pytest

from pipelinekit.model.platform.zone import Zone

HOUR = 3600
# At 100 h the clocks go from 1 h to 2 h ahead, at 200 h back again.
ZONE = Zone("Z", ((0, HOUR), (100 * HOUR, 2 * HOUR), (200 * HOUR, HOUR)))


@pytest.mark.parametrize(
    ("wall", "first", "last"),
    [
        (50.0, 49.0, 49.0),
        (101.5, 100.0, 100.0),  # never shown
        (201.5, 199.5, 200.5),  # shown twice
        (300.0, 299.0, 299.0),
        (-50.0, -51.0, -51.0),
        (5000.0, 4999.0, 4999.0),
    ],
)
def test_a_local_time_that_comes_once_never_or_twice(wall: float, first: float, last: float) -> None:
    assert ZONE.first(round(wall * HOUR)) == first * HOUR
    assert ZONE.last(round(wall * HOUR)) == last * HOUR


def test_what_clocks_show() -> None:
    assert [ZONE.local(each * HOUR) // HOUR - each for each in (-5, 0, 99, 100, 199, 200, 999)] == [
        *(1, 1, 1, 2, 2, 1, 1)
    ]
