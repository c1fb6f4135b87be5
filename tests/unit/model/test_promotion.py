from __future__ import annotations

import pytest

from pipelinekit.model.promotion import Judgement, Live, Verdict
from tests import promotions


@pytest.mark.parametrize("part", list(promotions.PARTS))
def test_each_part_is_in_the_digest_and_is_told_when_it_changes(part: str) -> None:
    before, after = promotions.plan(), promotions.plan(**{part: "new"})
    assert before.digest != after.digest
    assert after.changed(before.parts) == (f"{part}: {promotions.PARTS[part]} → new",)


def test_the_same_plan_has_the_same_digest_and_no_change() -> None:
    assert promotions.plan().digest == promotions.plan().digest
    assert promotions.plan().changed(promotions.plan().parts) == ()
    assert promotions.plan().digest != promotions.plan("1.2.4").digest


@pytest.mark.parametrize(
    ("live", "text"),
    [
        (Live(), "nothing"),
        (Live(revision=3), "unknown, revision 3"),
        (Live(version="1.0.0", revision=3), "1.0.0, revision 3"),
    ],
)
def test_what_is_live(live: Live, text: str) -> None:
    assert str(live) == text


def test_what_an_emergency_goes_past_does_not_stop() -> None:
    soft, hard = Verdict("soak", False, "x"), Verdict("hold", False, "y", hard=True)
    assert Judgement(verdicts=(soft, hard), passed=(soft,)).closed == (hard,)
