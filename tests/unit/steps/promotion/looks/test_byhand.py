"""What hands have changed of what an environment has by the ledger: promoting it again puts it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.errors import Refused
from tests.promoting import Bench
from tests.unit.steps.release.bench import IMAGE, REPLICAS


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.release("1.0.0")
    return made


@pytest.mark.parametrize(("path", "value"), [(REPLICAS, 0), (IMAGE, "foreign:1")])
def test_what_hands_have_changed_is_put_back_by_promoting_it_again(
    bench: Bench, path: tuple[str, ...], value: object
) -> None:
    bench.promote()
    bench.cluster.things.by_hand("Deployment/orders", path, value)
    planned = bench.plan("1.0.0")
    (hand,) = planned.hands
    assert hand.startswith("Deployment/orders spec.")
    assert hand.endswith("(kubectl)")
    assert not planned.there
    assert f"puts back: {hand}" in planned.survey.notes
    done = bench.promote("1.0.0")
    assert [each.acted for each in done] == [True, True]
    assert f"changed by hand in staging: {hand}" in bench.said
    assert bench.kinds() == ["requested", "promoted", "verified"] * 2
    assert bench.plan("1.0.0").there


def test_the_same_gates_are_asked(bench: Bench) -> None:
    bench.promote()
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 0)
    bench.stop("frozen", reason="fire")
    with pytest.raises(Refused, match="frozen by ann: fire"):
        bench.promote("1.0.0")
    assert bench.plan("1.0.0").hands


def test_what_others_have_added_or_nobody_can_compare_runs_already(bench: Bench) -> None:
    bench.promote()
    bench.cluster.things.by_hand("Deployment/orders", ("f:spec", "f:paused"), True)
    assert bench.plan("1.0.0").there
    bench.cluster.things.silent = "the webhook does not support a dry run"
    assert bench.plan("1.0.0").there
    assert "cannot be compared" in " ".join(bench.said)


def test_a_way_back_to_what_is_there_says_what_puts_back_what_hands_did(bench: Bench) -> None:
    bench.promote()
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 0)
    with pytest.raises(Refused, match=r"1\.0\.0 is what staging has, changed by hand: Depl") as caught:
        bench.rollback(to="1.0.0")
    assert "`pipelinekit promote orders@1.0.0 --to staging`" in (caught.value.faults[0].hint or "")
