from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.plan.quantities import quantity, read
from tests.quantities import NONE, READ


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_a_quantity_is_what_kubernetes_takes_it_for(text: str, value: str) -> None:
    assert read(text) == Decimal(value)


@pytest.mark.parametrize("text", [*NONE, None])
def test_what_is_no_quantity_comes_to_nothing(text: object) -> None:
    assert read(text) is None
    assert quantity(text) == 0


@given(st.text(alphabet="0123456789.+-eEKMiGnum \n", max_size=8))
def test_any_text_comes_to_something(text: str) -> None:
    assert quantity(text).is_finite()
