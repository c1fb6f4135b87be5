"""What stops releases, said again or lifted where nothing stands."""

from __future__ import annotations

import pytest

from pipelinekit.errors import Refused
from tests.promoting import RITA, Bench
from tests.promotions import event
from tests.unit.cli.release.test_desk import RIGHT, VERBS, bench, say

__all__ = ["bench"]


@pytest.mark.parametrize(
    ("stop", "lift", "told"),
    [
        ("hold", "unhold", "there is no hold of orders in staging: nothing is to be lifted"),
        ("bar", "unbar", "orders 1.0.1 is not barred: nothing is to be lifted"),
        ("freeze", "thaw", "there is no freeze of staging by hand: nothing is to be lifted"),
    ],
)
def test_where_nothing_stands_nothing_is_lifted_and_that_is_said(
    bench: Bench, capsys: pytest.CaptureFixture[str], stop: str, lift: str, told: str
) -> None:
    before = {branch: bench.ledger.history(branch).head for branch in bench.ledger.branches()}
    say(lift, RIGHT)
    assert capsys.readouterr().out.strip() == told
    assert {branch: bench.ledger.history(branch).head for branch in bench.ledger.branches()} == before
    say(stop, RIGHT)
    say(lift, RIGHT)
    assert told not in capsys.readouterr().out
    say(lift, RIGHT)
    assert capsys.readouterr().out.strip() == told


def test_a_freeze_over_all_is_not_lifted_by_a_thaw_of_one_and_that_is_said(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    VERBS["freeze"].main(["--now", "--reason", "incident"], standalone_mode=False)
    say("thaw", RIGHT)
    said = capsys.readouterr()
    assert "there is no freeze of staging by hand" in said.out
    assert "every environment is frozen all the same" in said.err
    VERBS["thaw"].main([], standalone_mode=False)
    assert "the freezes by hand of every environment are lifted" in capsys.readouterr().out


def test_who_cannot_review_an_emergency_is_told_why_and_what_is_next(bench: Bench) -> None:
    bench.write(RITA, event("emergency", "1.0.1", "staging", reason="down"))
    with pytest.raises(Refused, match="rita cannot review it: the emergency was their own") as caught:
        say("review", RIGHT)
    assert caught.value.faults[0].hint.endswith("`pipelinekit review payments/orders --env staging`")
