from __future__ import annotations

from pathlib import Path

from pipelinekit.plan.releaseset.record import BACK, PROMOTED, Part, Record
from pipelinekit.steps.promotion.sets.takeback import take_back
from tests.promoting import RITA, Bench


def test_what_is_not_there_or_was_there_before_is_left_alone(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for version in ("1.0.0", "1.1.0"):
        bench.release(version)
        bench.promote(version)
    bench.ledger.as_writer = RITA
    where = bench.environment("staging")

    def back(**fields: str) -> list[Part]:
        part = Part(**{"application": "payments/orders", "version": "1.1.0", "end": PROMOTED, **fields})
        return list(take_back(bench.around(), Record(name="s", parts=(part,)), where, "slow"))

    assert back(before="1.1.0") == []
    assert back(version="1.2.0", before="1.1.1") == []
    assert [each.end for each in back()] == ["stays"]
    assert [(each.end, each.reason) for each in back(before="1.0.0")] == [(BACK, "to 1.0.0")]
    assert bench.runs("orders") == "1.0.0"
