"""A soak begins with the first promotion that sees what has arrived."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.errors import Refused
from tests.promoting import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.release("1.0.0")
    return made


def test_a_soak_begins_when_the_first_promotion_sees_its_arrival(bench: Bench) -> None:
    bench.promote()
    bench.production = {"soak": 60}
    (soak,) = [each for each in bench.plan(to="production").closed if each.gate == "soak"]
    assert soak.reason.startswith("it must be 1 min in staging, and that has not begun")
    with pytest.raises(Refused, match="0 s of 1 min in staging: 1 min to come") as caught:
        bench.promote(to="production")
    assert caught.value.faults[0].hint.startswith("wait")
    assert "the soak of 1.0.0 in staging counts from now" in bench.said
    bench.now += 59
    with pytest.raises(Refused, match="59 s of 1 min"):
        bench.promote(to="production")
    bench.now += 1
    bench.promote(to="production")
