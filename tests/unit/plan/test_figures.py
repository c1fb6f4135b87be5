from __future__ import annotations

import math

import pytest

from pipelinekit.model.platform.gates import Bound
from pipelinekit.plan.figures import Series, filled, judged, silent, step_of

BOUND = Bound(name="errors", query="x", lowest=0.1, highest=0.5)


def series(*values: float) -> Series:
    return list(enumerate(values))


@pytest.mark.parametrize(
    ("answer", "good", "reason"),
    [
        ([series(*[0.2] * 10)], True, "0.2 to 0.2 over 10 moments"),
        ([series(0.1, *[0.5] * 9)], True, "0.1 to 0.5 over 10 moments"),
        ([series(*[0.2] * 9, 0.9), series(0.2)], False, "0.9 is above 0.5"),
        ([series(0.9, math.nan)], False, "0.9 is above 0.5"),
        ([series(0, 0.6)], False, "0 is below 0.1"),
        ([series(math.inf)], False, "inf is above 0.5"),
        ([], None, "no data"),
        ([[]], None, "no data"),
        ([series(*[0.2] * 9, math.nan)], None, "no data: a value is no number"),
        ([series(*[0.2] * 7)], None, "no data for most of the window: 7 of 10 moments"),
        ([series(*[0.2] * 5), [(each, 0.3) for each in range(5, 10)]], True, "0.2 to 0.3 over 10 moments"),
    ],
)
def test_good_bad_and_no_data(answer: list[Series], good: bool | None, reason: str) -> None:
    found = judged(BOUND, answer, 10)
    assert (found.good, found.reason) == (good, reason)


def test_a_bound_may_be_on_one_side() -> None:
    assert judged(Bound(name="x", query="x", highest=1), [series(-5)], 1).good
    assert judged(Bound(name="x", query="x", lowest=1), [series(5)], 1).good
    assert judged(Bound(name="x", query="x", lowest=1), [series(0)], 1).good is False


def test_nobody_who_answers_is_no_data() -> None:
    assert (silent(BOUND, "refused").good, silent(BOUND, "refused").reason) == (None, "no data: refused")


def test_names_are_filled_in() -> None:
    names = {"name": "orders", "namespace": "pay", "team": "t"}
    assert filled('up{namespace="$namespace",app="$name"}', names) == 'up{namespace="pay",app="orders"}'


@pytest.mark.parametrize(("seconds", "step"), [(0, 15), (3600, 15), (86_400, 360)])
def test_steps(seconds: int, step: int) -> None:
    assert step_of(seconds) == step
