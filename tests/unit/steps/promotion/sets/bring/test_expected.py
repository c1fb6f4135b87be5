"""Whoever names a set's digest gets that set or nothing; killed or stopped, what is left of it goes on."""

from __future__ import annotations

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.promotion import Request
from pipelinekit.steps.promotion.sets import together
from tests.doubles import Killed
from tests.promoting import NEXT, SET, Bench
from tests.promotions import person
from tests.unit.steps.promotion.sets.bring.sets import of_set


def seen(bench: Bench, *members: tuple[str, str]) -> str:
    """The digest that a person has looked at."""
    where = bench.environment("staging")
    return together.plan(bench.around(), bench.set_of(*members), where, Request()).plan.digest


def test_a_set_that_was_looked_at_comes(bench: Bench) -> None:
    done = bench.together(*SET, expect=seen(bench, *SET))
    assert [each.end for each in done.parts] == ["promoted"] * 3
    assert not any(each.acted for each in bench.together(*SET, expect="sha256:0").did)


def test_when_a_member_is_another_plan_nothing_begins_and_it_is_told_once(bench: Bench) -> None:
    bench.release_all("1.1.0")
    found = together.plan(bench.around(), bench.set_of(*NEXT), bench.environment("staging"), Request())
    digest = found.plan.digest
    bench.write(person("ann"), together.approval(bench.around(), found.plan, "seen"))
    bench.promote("1.0.0")
    with pytest.raises(Refused) as caught:
        bench.together(*NEXT, expect=digest)
    (fault,) = caught.value.faults
    assert fault.code == "gate-plan"
    assert fault.problem.endswith("(payments/orders: live: nothing → 1.0.0, revision 1)")
    assert of_set(bench)[-1].kind == "refused"
    assert bench.runs("stock") == ""


def test_another_set_of_the_same_name_is_told_by_its_versions(bench: Bench) -> None:
    bench.release_all("1.1.0")
    digest = seen(bench, *SET)
    bench.releases.failing = frozenset({"stock"})
    with pytest.raises(ToolFailed):
        bench.together(*SET)
    with pytest.raises(Refused, match=r"payments/stock: 1\.0\.0 → 1\.1\.0"):
        bench.together(*SET[:2], NEXT[2], expect=digest)


@pytest.mark.parametrize("moment", [1, 3, 5, 9])
def test_killed_at_any_moment_the_same_words_go_on(bench: Bench, moment: int) -> None:
    digest = seen(bench, *SET)
    bench.effects.kill_at = moment
    with pytest.raises(Killed):
        bench.together(*SET, expect=digest)
    bench.together(*SET, expect=digest)
    assert [bench.runs(name) for name, _ in SET] == ["1.0.0"] * 3


def test_a_member_that_becomes_another_plan_on_the_way_stops_the_set(bench: Bench) -> None:
    bench.release_all("1.1.0")
    digest = seen(bench, *NEXT)

    def quicker(_: object) -> None:
        bench.promote("1.0.0")

    bench.ledger.meddler = quicker
    with pytest.raises(Refused, match="the plan is sha256:"):
        bench.together(*NEXT, expect=digest)
    assert bench.runs("orders") == "1.0.0"


def test_a_set_that_would_go_back_at_once_is_looked_at_as_well(bench: Bench) -> None:
    bench.releases.failing = frozenset({"web"})
    with pytest.raises(ToolFailed):
        bench.together(*SET)
    with pytest.raises(Refused, match="not sha256:feed"):
        bench.together(*SET, take_back=True, expect="sha256:feed")
    assert bench.runs("stock") == "1.0.0"
