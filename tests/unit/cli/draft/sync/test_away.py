from __future__ import annotations

import pytest

from pipelinekit.cli.draft.sync.away import CODES, FIRST, LONGEST, Away
from pipelinekit.errors import Fault, ToolFailed, failed


def test_what_is_away_is_tried_again_less_and_less_often_and_soon_again_once_it_was_there() -> None:
    now = [100.0]
    away, waits = Away(lambda: now[0]), list[float]()
    for _ in range(7):
        assert away.note(failed("engine-missing", "no engine answers"))
        assert not away.over()
        waits.append(away.due - now[0])
        now[0] = away.due
        assert away.over()
    assert waits == [FIRST, 4.0, 8.0, 16.0, LONGEST, LONGEST, LONGEST]
    away.end()
    assert not away.over()
    away.note(failed("engine-missing", "no engine answers"))
    assert away.due - now[0] == FIRST


@pytest.mark.parametrize("code", sorted(CODES))
def test_one_fault_of_several_is_enough(code: str) -> None:
    assert Away().note(ToolFailed(Fault("other", "something"), Fault(code, "away")))


@pytest.mark.parametrize("code", ["build-failed", "registry-denied", "engine-denied", "cluster-denied"])
def test_what_somebody_has_to_mend_is_not_tried_again(code: str) -> None:
    away = Away()
    away.note(failed("engine-lost", "away"))
    assert not away.note(failed(code, "mend me"))
    assert not away.due
