from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import Refused
from pipelinekit.plan.releaseset.order import in_order
from tests import examples

PLATFORM = examples.platform()


def order(**calls: str) -> list[str]:
    apps = [examples.app(name, calls=tuple(each.split())) for name, each in calls.items()]
    return [each.name for each in in_order(apps, PLATFORM)]


def test_who_is_called_comes_first_and_the_rest_stays_as_given() -> None:
    assert order(web="orders:admin", orders="payments/stock elsewhere", stock="", alone="") == [
        *("stock", "orders", "web", "alone")
    ]


def test_every_circle_is_named_whole() -> None:
    with pytest.raises(Refused) as caught:
        order(a="b", b="c", c="a", d="a", x="y", y="x")
    assert [each.problem for each in caught.value.faults] == [
        "no order: payments/a calls payments/b calls payments/c calls payments/a",
        "no order: payments/x calls payments/y calls payments/x",
    ]


@given(st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=1, max_size=8))
def test_any_calls_that_lead_only_onward_have_an_order_in_which_callees_come_first(
    rows: list[list[int]],
) -> None:
    calls = {f"a{at}": " ".join(f"a{each}" for each in set(row) if each > at) for at, row in enumerate(rows)}
    found = order(**calls)
    assert sorted(found) == sorted(calls)
    for name, each in calls.items():
        assert all(found.index(other) < found.index(name) for other in each.split() if other in found)
