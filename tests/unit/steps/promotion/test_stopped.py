from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.errors import Refused
from pipelinekit.steps.promotion.stopped import require_free
from tests import examples
from tests.promoting import Bench
from tests.promotions import event, person


def deploy(bench: Bench) -> list[str]:
    said: list[str] = []
    require_free(lambda: bench.ledger, bench.clock, examples.plan(), examples.DEV, said.append)
    return said


def test_freezes_holds_and_bars_are_told_together(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert deploy(bench) == []
    bench.stop("frozen", reason="fire")
    bench.stop("held", environment="dev", reason="move")
    bench.write(person("ann"), event("barred", "1.2.3", reason="leak"))
    with pytest.raises(Refused) as caught:
        deploy(bench)
    assert [each.problem for each in caught.value.faults] == [
        "dev: everything was frozen by ann: fire",
        "dev: dev is held against every version by ann: move",
        "dev: 1.2.3 was barred by ann: leak",
    ]


def test_a_ledger_that_does_not_answer_is_said_and_stops_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.ledger.silent = True
    assert deploy(bench) == ["whether dev is held or frozen is not known: the ledger does not answer"]
