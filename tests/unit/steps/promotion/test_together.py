from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.promotion import Request
from pipelinekit.steps.promotion.together import plan
from tests.promoting import Bench


def test_a_plan_changes_nothing_and_has_callees_first(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.release("1.0.0", "web", ("orders",))
    bench.release("1.0.0", "orders")
    before = bench.ends()
    chosen = bench.set_of(("web", "1.0.0"), ("orders", "1.0.0"))
    found = plan(bench.around(), chosen, bench.environment("staging"), Request())
    assert [each.application for each in found.plan.members] == ["payments/orders", "payments/web"]
    assert (found.there, found.refusal(), bench.ends()) == (False, None, before)
    turned = bench.set_of(("orders", "1.0.0"), ("web", "1.0.0"))
    again = plan(bench.around(), turned, bench.environment("staging"), Request())
    assert again.plan.digest == found.plan.digest


def test_a_circle_is_refused_before_anything_is_begun(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.release("1.0.0", "web", ("orders",))
    bench.release("1.0.0", "orders", ("web",))
    with pytest.raises(Refused, match="payments/web calls payments/orders calls payments/web"):
        bench.together(("web", "1.0.0"), ("orders", "1.0.0"))
