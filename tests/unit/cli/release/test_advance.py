from __future__ import annotations

from dataclasses import replace

from pipelinekit.cli.release.advance import lines, sentence
from pipelinekit.steps.promotion.advance import FAILED, SEEN, WAITS, Moved


def moved(what: str) -> Moved:
    return Moved(
        application="payments/orders", environment="staging", what=what, version="1.0.0", reasons=("one",)
    )


def test_what_failed_is_not_nothing() -> None:
    one = [("payments", "orders")]
    assert sentence(one, [], plan_only=False) == "1 application: nothing to do"
    assert sentence(one, [moved(FAILED)], plan_only=False) == "1 application: 0 promoted, 0 wait, 1 failed"
    assert sentence([*one, *one], [moved(WAITS), moved(SEEN)], plan_only=True) == (
        "2 applications: 0 would be promoted, 1 wait, arrivals of 1 would be seen for the first time"
    )


def test_a_plan_has_seen_nothing() -> None:
    assert lines(moved(SEEN), plan_only=True) == ["payments/orders: one would be seen"]
    assert lines(moved(SEEN), plan_only=False) == ["payments/orders: one seen"]
    assert lines(moved(FAILED), plan_only=False) == ["payments/orders: 1.0.0 to staging failed: one"]


def test_what_cannot_be_read_names_no_environment() -> None:
    assert lines(replace(moved(FAILED), environment=""), plan_only=False) == ["payments/orders: one"]
