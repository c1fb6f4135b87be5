"""A set comes to an environment, callees first, and the ledger tells each member's end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.errors import DocumentInvalid, Refused, ToolFailed
from pipelinekit.model.ledger import PLATFORM, Event
from tests.counting import Effects
from tests.doubles import Killed
from tests.promoting import NEXT, RITA, SET, Bench
from tests.promotions import person
from tests.unit.steps.promotion.sets.bring.sets import barred, ends, of_set


def test_callee_first_one_record_with_each_end(bench: Bench) -> None:
    done = bench.together(*SET)
    assert [each.sentence.split()[0] for each in done.did] == [
        "stock",
        "stock",
        "orders",
        "orders",
        "web",
        "web",
    ]
    begun, ended = of_set(bench)
    assert (begun.kind, ended.kind, ended.details["begun"]) == (
        "requested",
        "set-promoted",
        bench.ledger.history(PLATFORM).entries[-2].commit,
    )
    assert ends(ended) == [f"payments/{each} promoted" for each in ("stock", "orders", "web")]
    assert begun.plan == ended.plan == done.plan


def test_again_it_does_nothing_and_tells_nothing(bench: Bench) -> None:
    bench.together(*SET)
    before = (bench.ends(), bench.ledger.history(PLATFORM).head)
    done = bench.together(*SET)
    assert not any(each.acted for each in done.did)
    assert (bench.ends(), bench.ledger.history(PLATFORM).head) == before


def test_a_member_that_is_there_is_not_deployed_again(bench: Bench) -> None:
    bench.promote("1.0.0")
    revision = bench.releases.revisions()
    bench.together(*SET)
    assert bench.releases.revisions()["orders"] == revision["orders"]
    assert ends(of_set(bench)[-1])[1] == "payments/orders was there"


def test_it_stops_at_the_first_that_fails_and_again_does_what_is_missing(bench: Bench) -> None:
    bench.releases.failing = frozenset({"orders"})
    with pytest.raises(ToolFailed, match=r"payments/orders 1.0.0: helm: no orders here"):
        bench.together(*SET)
    told = of_set(bench)[-1]
    assert (told.kind, ends(told)) == (
        "failed",
        ["payments/stock promoted", "payments/orders failed", "payments/web not begun"],
    )
    assert bench.said[-1] == "set checkout: payments/web 1.0.0 not begun"
    bench.releases.failing = frozenset()
    revision = bench.releases.revisions()["stock"]
    bench.together(*SET)
    assert bench.releases.revisions()["stock"] == revision
    assert ends(of_set(bench)[-1]) == [
        *("payments/stock was there", "payments/orders promoted", "payments/web promoted")
    ]


def test_every_closed_gate_of_every_member_at_once_and_nothing_is_begun(bench: Bench) -> None:
    bench.write(person("ann"), *(barred(each) for each in ("stock", "web")))
    with pytest.raises(Refused) as caught:
        bench.together(*SET)
    assert [each.problem.split(" may ")[0] for each in caught.value.faults] == ["stock 1.0.0", "web 1.0.0"]
    told = of_set(bench)
    assert [each.kind for each in told] == ["refused"]
    assert "stock 1.0.0 may not go to staging: 1.0.0 was barred by ann" in told[0].reason


def test_a_soak_begins_when_the_first_promotion_of_a_set_sees_its_arrivals(bench: Bench) -> None:
    bench.together(*SET)
    bench.production = {"soak": 60}
    with pytest.raises(Refused, match="0 s of 1 min in staging"):
        bench.together(*SET, to="production")
    bench.now += 59
    with pytest.raises(Refused, match="59 s of 1 min"):
        bench.together(*SET, to="production")
    bench.now += 1
    assert all(each.acted for each in bench.together(*SET, to="production").did)


def test_what_the_ledger_lacks_is_told_of_every_member(bench: Bench) -> None:
    with pytest.raises(DocumentInvalid) as caught:
        bench.together(("orders", "9.0.0"), ("stock", "9.0.0"))
    assert [each.problem for each in caught.value.faults] == [
        f"payments/{each} 9.0.0: the ledger knows no version 9.0.0" for each in ("orders", "stock")
    ]


def test_two_at_once_are_one_set_and_one_clear_answer(bench: Bench) -> None:
    answers: list[str] = []

    def another(_: object) -> None:
        bench.holder = "other"
        try:
            bench.together(*SET)
        except Refused as error:
            answers.append(error.faults[0].problem)
        bench.holder = "me"

    bench.ledger.meddler = another
    done = bench.together(*SET)
    assert not any(each.acted for each in done.did)
    assert (answers, [each.kind for each in of_set(bench)]) == ([], ["requested", "set-promoted"])


def test_while_somebody_is_at_it_another_set_with_one_of_its_members_waits(bench: Bench) -> None:
    bench.living.add("me")
    bench.effects.kill_at = 3
    with pytest.raises(Killed):
        bench.together(*SET)
    with pytest.raises(Refused, match="the set checkout is on its way to staging"):
        bench.together(("orders", "1.0.0"), name="mine")
    assert of_set(bench)[-1].kind == "refused"


def test_another_set_ends_one_that_was_left_half_done(bench: Bench) -> None:
    bench.effects.kill_at = 3
    with pytest.raises(Killed):
        bench.together(*SET)
    bench.together(("stock", "1.0.0"), name="mine")
    assert [(each.details["set"], each.kind) for each in of_set(bench)] == [
        ("checkout", "requested"),
        ("checkout", "failed"),
        ("mine", "requested"),
        ("mine", "set-promoted"),
    ]
    begun, ended = bench.ledger.history(PLATFORM).entries[:2]
    kept = {name: begun.event.details[name] for name in ("set", "members")}
    assert ended.event.details == kept | {"begun": begun.commit}
    assert ended.event.plan == begun.event.plan


def test_another_set_that_may_not_come_ends_none_that_was_left_half_done(bench: Bench) -> None:
    bench.effects.kill_at = 2
    with pytest.raises(Killed):
        bench.together(*SET)
    bench.write(person("ann"), barred("stock"))
    with pytest.raises(Refused, match="barred"):
        bench.together(("stock", "1.0.0"), name="mine")
    assert [each.kind for each in of_set(bench)] == ["requested", "refused"]
    bench.write(person("ann"), replace(barred("stock"), kind="unbarred"))
    bench.together(*SET)
    assert [each.details.get("takes") is not None for each in of_set(bench)][2:] == [True, False]


@pytest.mark.parametrize("take_back", [False, True])
def test_killed_at_each_effect_and_run_again_it_ends_like_an_undisturbed_run(
    tmp_path: Path, take_back: bool
) -> None:
    def ready(name: str) -> Bench:
        made = Bench(tmp_path / f"{name}")
        made.release_all("1.0.0")
        made.together(*SET)
        made.release_all("1.1.0")
        made.effects = Effects()
        if take_back:
            made.releases.failing = frozenset({"web"})
        return made

    def run(bench: Bench) -> None:
        try:
            bench.together(*NEXT, take_back=take_back)
        except (ToolFailed, Refused):
            assert take_back

    def stands(bench: Bench) -> object:
        last = of_set(bench)[-1]
        runs = {each: bench.runs(each) for each, _ in SET}
        return runs, last.kind, ends(last), bench.releases.revisions() if not take_back else None

    whole = ready("whole")
    run(whole)
    count = whole.effects.count
    assert count > 15
    for number in range(count):
        bench = ready(f"killed-{number}")
        bench.effects.kill_at = number
        with pytest.raises(Killed):
            run(bench)
        run(bench)
        assert stands(bench) == stands(whole), (number, whole.effects.names[number])


def test_what_others_write_in_the_place_of_a_set_is_no_set(bench: Bench) -> None:
    odd = ({"set": 1}, {"set": "checkout", "members": [7, {"application": ["x"]}], "stage": "begun"})
    for details in odd:
        bench.write(RITA, Event(kind="requested", environment="staging", details=details, at=bench.now))
    bench.together(*SET)
    assert of_set(bench)[-1].kind == "set-promoted"
