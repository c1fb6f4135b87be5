from __future__ import annotations

import pytest

from pipelinekit.model.deployment import Addition, Change, Standing

CHANGE = Change(object="Deployment/orders", path="spec.replicas", live=3, wanted=1)
ADDED = Addition(object="Deployment/orders", path="metadata.labels.a", manager="kubectl")


@pytest.mark.parametrize(
    ("standing", "touched", "good"),
    [
        (Standing(), False, True),
        (Standing(added=(ADDED,)), False, True),
        (Standing(missing=("Service/orders",)), True, False),
        (Standing(changes=(CHANGE,)), True, False),
        (Standing(short=("Deployment/orders: 0 of 1 ready",)), False, False),
    ],
)
def test_what_others_have_added_is_no_fault_and_all_else_is(
    standing: Standing, touched: bool, good: bool
) -> None:
    assert (standing.touched, standing.good) == (touched, good)
