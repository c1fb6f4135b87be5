from __future__ import annotations

import pytest

from pipelinekit.errors import Refused, refused
from pipelinekit.steps.artefacts.settling import LEAST, MOST, TIMES, settled


@pytest.mark.parametrize(
    ("took", "waited"), [(0.0, LEAST), (LEAST / TIMES / 2, LEAST), (0.05, 0.05 * TIMES), (3.0, MOST)]
)
def test_it_waits_for_those_who_came_at_the_same_moment(took: float, waited: float) -> None:
    now, slept = [10.0], list[float]()
    with settled(slept.append, lambda: now[0]):
        now[0] += took
        assert slept == []
    assert slept == [pytest.approx(waited)]


def test_what_was_refused_is_not_waited_for() -> None:
    slept = list[float]()
    with pytest.raises(Refused), settled(slept.append):
        raise refused("version-taken", "somebody was there before")
    assert slept == []
