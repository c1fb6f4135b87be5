"""A set that stopped, or was brought, goes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import CheckFailed, Refused, ToolFailed
from tests.doubles import Killed
from tests.promoting import NEXT, SET, Bench
from tests.promotions import person
from tests.unit.steps.promotion.sets.bring.sets import barred, ends, of_set


def test_by_word_what_was_promoted_is_taken_back_the_last_first(bench: Bench) -> None:
    bench.together(*SET)
    bench.release_all("1.1.0")
    bench.releases.broken = frozenset({"web"})
    with pytest.raises(CheckFailed, match="web answers 404"):
        bench.together(*NEXT, take_back=True)
    assert [bench.runs(each) for each, _ in SET] == ["1.0.0"] * 3
    told = of_set(bench)[-1]
    assert (told.kind, ends(told)[:2]) == (
        "rolled-back",
        ["payments/stock taken back", "payments/orders taken back"],
    )
    # Its old version has the same fault: it is back, and unproven.
    assert ends(told)[2] == "payments/web stays"


def test_what_an_earlier_run_brought_is_taken_back_as_well(bench: Bench) -> None:
    bench.together(*SET)
    bench.release_all("1.1.0")
    bench.releases.failing = frozenset({"web"})
    with pytest.raises(ToolFailed):
        bench.together(*NEXT)
    assert bench.runs("stock") == "1.1.0"
    done = bench.together(*NEXT, take_back=True)
    assert [bench.runs(each) for each in ("stock", "orders")] == ["1.0.0"] * 2
    assert done.back


def test_what_has_stopped_earlier_goes_back_at_once_and_no_gate_is_asked(bench: Bench) -> None:
    bench.together(*SET)
    bench.release_all("1.1.0")
    bench.releases.failing = frozenset({"web"})
    with pytest.raises(ToolFailed):
        bench.together(*NEXT)
    bench.releases.failing = frozenset()
    bench.stop("frozen", reason="incident")
    bench.write(
        person("ann"), barred("web"), *(replace(barred(x), version="1.1.0") for x in ("web", "stock"))
    )
    with pytest.raises(Refused):
        bench.together(*NEXT)
    done = bench.together(*NEXT, take_back=True, reason="too slow")
    assert (done.back, done.did) == (True, ())
    assert [bench.runs(each) for each, _ in SET] == ["1.0.0"] * 3
    assert [str(each) for each in done.parts] == [
        "payments/stock 1.1.0 taken back: to 1.0.0",
        "payments/orders 1.1.0 taken back: to 1.0.0",
        "payments/web 1.1.0 failed: helm: no web here",
    ]
    begun, ended = of_set(bench)[-2:]
    assert (begun.kind, begun.details["back"], ended.kind, ended.reason) == (
        *("requested", True, "rolled-back", "too slow"),
    )
    # It is over: the same words promote again, as far as the gates let them.
    with pytest.raises(Refused, match="barred by ann"):
        bench.together(*NEXT, take_back=True)


def test_where_a_set_that_stopped_has_brought_nothing_it_begins_anew(bench: Bench) -> None:
    bench.together(*SET)
    bench.release_all("1.1.0")
    bench.releases.failing = frozenset({"stock"})
    with pytest.raises(ToolFailed):
        bench.together(*NEXT)
    bench.releases.failing = frozenset()
    done = bench.together(*NEXT, take_back=True)
    assert not done.back
    assert [bench.runs(each) for each, _ in SET] == ["1.1.0"] * 3


def test_killed_on_the_way_back_of_a_set_that_stopped_it_goes_on_backwards(bench: Bench) -> None:
    bench.together(*SET)
    bench.release_all("1.1.0")
    bench.releases.failing = frozenset({"web"})
    with pytest.raises(ToolFailed):
        bench.together(*NEXT)
    bench.effects.kill_at = bench.effects.count + 3
    with pytest.raises(Killed):
        bench.together(*NEXT, take_back=True)
    done = bench.together(*NEXT, take_back=True)
    assert done.back
    assert [bench.runs(each) for each, _ in SET] == ["1.0.0"] * 3


def test_of_two_who_take_a_stopped_set_back_one_does(bench: Bench) -> None:
    bench.together(*SET)
    bench.release_all("1.1.0")
    bench.releases.failing = frozenset({"web"})
    with pytest.raises(ToolFailed):
        bench.together(*NEXT)
    revisions: list[object] = []

    def quicker(_: object) -> None:
        bench.together(*NEXT, take_back=True)
        revisions.append(bench.releases.revisions())

    bench.ledger.meddler = quicker
    bench.releases.failing = frozenset()
    bench.write(person("ann"), replace(barred("web"), version="1.1.0"))
    with pytest.raises(Refused, match="barred"):
        bench.together(*NEXT, take_back=True)
    assert revisions == [bench.releases.revisions()]


def test_what_cannot_be_taken_back_is_told_with_its_reason(bench: Bench) -> None:
    bench.together(*SET)
    bench.release_all("1.1.0")
    bench.releases.failing = frozenset({"web"})
    with pytest.raises(ToolFailed):
        bench.together(*NEXT)
    bench.releases.failing = frozenset({"stock"})
    with pytest.raises(ToolFailed, match="payments/stock 1\\.1\\.0 stays: helm: no stock here") as caught:
        bench.together(*NEXT, take_back=True)
    assert caught.value.faults[0].code == "set-stays"


def test_a_member_that_was_there_before_the_set_stays(bench: Bench) -> None:
    bench.promote("1.0.0")
    bench.releases.failing = frozenset({"web"})
    with pytest.raises(ToolFailed):
        bench.together(*SET, take_back=True)
    assert bench.runs("orders") == "1.0.0"
    assert ends(of_set(bench)[-1]) == [
        *("payments/stock stays", "payments/orders was there", "payments/web failed")
    ]
    assert of_set(bench)[-1].details["members"][0]["reason"].startswith("nothing that the ledger knows")
