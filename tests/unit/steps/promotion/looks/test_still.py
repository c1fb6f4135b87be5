"""A plan of many reads what concerns all of them once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.model.ledger import PLATFORM, History
from pipelinekit.steps.promotion.looks.still import Still
from tests.promotedparts import Bench


def test_each_branch_is_read_once_and_one_that_is_not_there_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path)
    bench.stop("frozen", environment="dev", reason="audit")
    asked: list[str] = []
    history = bench.ledger.history

    def read(branch: str) -> History:
        asked.append(branch)
        return history(branch)

    monkeypatch.setattr(bench.ledger, "history", read)
    still = Still(bench.ledger)
    for name in ("store", "web"):
        assert still.history(f"components/{name}") == History()
        assert [each.event.kind for each in still.history(PLATFORM).entries] == ["frozen"]
    assert asked == [PLATFORM]
    assert still.branches() == (PLATFORM,)
    assert still.writer() == bench.ledger.writer()
    with pytest.raises(NotImplementedError):
        still.append(PLATFORM, (), after="")
