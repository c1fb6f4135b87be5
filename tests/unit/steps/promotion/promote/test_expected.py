"""Whoever names a plan's digest gets that promotion or none, whoever else is at work meanwhile."""

from __future__ import annotations

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.ledger import Event
from tests.doubles import Killed
from tests.promoting import Bench
from tests.promotions import event, person


def seen(bench: Bench, version: str = "1.0.0") -> str:
    """The digest that a person has looked at."""
    return bench.plan(version).survey.plan.digest


def test_the_plan_that_was_looked_at_is_promoted(bench: Bench) -> None:
    bench.promote("1.0.0", expect=seen(bench))
    assert bench.kinds() == ["requested", "promoted", "verified"]
    bench.promote("1.0.0", expect="sha256:0")
    assert bench.kinds() == ["requested", "promoted", "verified"], "it runs already, and nothing is done"


def test_what_came_there_meanwhile_makes_it_another_and_the_line_is_told_and_recorded(bench: Bench) -> None:
    bench.release("1.0.1")
    digest = seen(bench, "1.0.1")
    bench.promote("1.0.0")
    with pytest.raises(Refused, match=r"\(live: nothing → 1\.0\.0, revision 1\)") as caught:
        bench.promote("1.0.1", expect=digest)
    assert [each.code for each in caught.value.faults] == ["gate-plan"]
    assert bench.kinds()[-1] == "refused"
    assert bench.runs("orders") == "1.0.0"


def test_who_is_quicker_between_the_look_and_the_beginning_is_noticed(bench: Bench) -> None:
    bench.release("1.0.1")
    digest = seen(bench, "1.0.1")

    def quicker(_: object) -> None:
        writer, effects = bench.ledger.as_writer, bench.ledger.effects
        bench.promote("1.0.0", writer=person("ann"))
        bench.ledger.as_writer, bench.ledger.effects = writer, effects

    bench.ledger.meddler = quicker
    with pytest.raises(Refused, match=r"live: nothing → 1\.0\.0, revision 1"):
        bench.promote("1.0.1", expect=digest)
    assert bench.runs("orders") == "1.0.0"


@pytest.mark.parametrize("moment", range(1, 5))
def test_killed_at_any_moment_the_same_words_go_on(bench: Bench, moment: int) -> None:
    digest = seen(bench)
    bench.effects.kill_at = moment
    with pytest.raises(Killed):
        bench.promote("1.0.0", expect=digest)
    bench.promote("1.0.0", expect=digest)
    assert bench.kinds()[-2:] == ["promoted", "verified"]


def test_what_nobody_knows_is_said_beside_all_other_gates(bench: Bench) -> None:
    bench.write(person("ann"), event("barred", "1.0.0", reason="leak"))
    with pytest.raises(Refused) as caught:
        bench.promote("1.0.0", expect="sha256:feed")
    assert [each.code for each in caught.value.faults] == ["gate-bar", "gate-plan"]
    assert "not sha256:feed (which line is another is not known" in caught.value.faults[1].problem


def test_an_answer_that_somebody_made_up_lets_nothing_through(bench: Bench) -> None:
    told = Event(
        kind="approved",
        team="payments",
        name="orders",
        version="1.0.0",
        environment="staging",
        plan="sha256:feed",
        details={"parts": dict(bench.plan("1.0.0").survey.plan.parts)},
    )
    bench.write(person("eve"), told)
    with pytest.raises(Refused, match="which line is another is not known"):
        bench.promote("1.0.0", expect="sha256:feed")
