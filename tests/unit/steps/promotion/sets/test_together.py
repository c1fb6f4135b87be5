from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Place, Refused, ToolFailed, UsageError, failed, usage
from pipelinekit.model.ledger import PLATFORM, Writer
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.promotion import Request
from pipelinekit.model.releaseset.document import Member, ReleaseSet
from pipelinekit.steps.promotion.sets import together
from pipelinekit.steps.promotion.sets.together import Together
from tests.promoting import NEXT, SET, Bench
from tests.promotions import person


def test_a_plan_changes_nothing_and_has_callees_first(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.release("1.0.0", "web", ("orders",))
    bench.release("1.0.0", "orders")
    before = bench.ends()
    chosen = bench.set_of(("web", "1.0.0"), ("orders", "1.0.0"))
    found = together.plan(bench.around(), chosen, bench.environment("staging"), Request())
    assert [each.application for each in found.plan.members] == ["payments/orders", "payments/web"]
    assert (found.there, found.refusal(), bench.ends()) == (False, None, before)
    turned = bench.set_of(("orders", "1.0.0"), ("web", "1.0.0"))
    again = together.plan(bench.around(), turned, bench.environment("staging"), Request())
    assert again.plan.digest == found.plan.digest


def test_a_circle_is_refused_before_anything_is_begun(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.release("1.0.0", "web", ("orders",))
    bench.release("1.0.0", "orders", ("web",))
    with pytest.raises(Refused, match="payments/web calls payments/orders calls payments/web"):
        bench.together(("web", "1.0.0"), ("orders", "1.0.0"))


def test_a_cluster_that_does_not_answer_is_no_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path)
    bench.release("1.0.0")

    def state(_: object) -> None:
        raise failed("cluster-unreachable", "nobody answers")

    monkeypatch.setattr(bench.releases, "state", state)
    with pytest.raises(ToolFailed) as caught:
        bench.together(("web", "1.0.0"), ("orders", "1.0.0"))
    assert [each.problem for each in caught.value.faults] == [
        "payments/web 1.0.0: the ledger knows no version 1.0.0",
        "payments/orders 1.0.0: nobody answers",
    ]


def test_what_the_set_does_not_say_is_no_fault_of_the_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path)
    bench.release("1.0.0")

    def state(_: object) -> None:
        raise usage("plain-http", "c.example.com would be spoken to without TLS")

    monkeypatch.setattr(bench.releases, "state", state)
    where = Place("set.yaml", 5, 20)
    member = Member(name="orders", version="1.0.0", team="payments", places=(where, where))
    chosen = ReleaseSet(name="checkout", members=(member,))
    with pytest.raises(UsageError) as caught:
        together.plan(bench.around(), chosen, bench.environment("staging"), Request())
    assert [each.place for each in caught.value.faults] == [None]


def approved(bench: Bench, writer: Writer, to: str = "production") -> Together:
    found = together.plan(bench.around(), bench.set_of(*NEXT), bench.environment(to), Request())
    bench.write(writer, together.approval(bench.around(), found.plan, "seen"))
    return found


@pytest.fixture
def gated(tmp_path: Path) -> Bench:
    """1.0.0 is in production, 1.1.0 in staging, and production wants one approval."""
    bench = Bench(tmp_path)
    bench.release_all("1.0.0")
    bench.together(*SET)
    bench.together(*SET, to="production")
    bench.release_all("1.1.0")
    bench.together(*NEXT)
    asked = Approvals(count=1, groups=("release-managers",), requester=False)
    bench.production = {"approvals": asked}
    return bench


def test_one_approval_of_the_set_covers_every_member_and_lasts_until_all_is_there(gated: Bench) -> None:
    with pytest.raises(Refused, match="0 of 1 from release-managers"):
        gated.together(*NEXT, to="production")
    approved(gated, person("ann"))
    gated.releases.failing = frozenset({"orders"})
    with pytest.raises(ToolFailed):
        gated.together(*NEXT, to="production")
    gated.releases.failing = frozenset()
    gated.together(*NEXT, to="production")
    assert [gated.runs(each, "production") for each, _ in SET] == ["1.1.0"] * 3


def test_it_is_no_approval_of_a_member_by_itself(gated: Bench) -> None:
    approved(gated, person("ann"))
    with pytest.raises(Refused, match="0 of 1"):
        gated.promote("1.1.0", "production")


def test_who_asked_for_the_set_does_not_count_for_any_member(gated: Bench) -> None:
    approved(gated, person("ann"))
    with pytest.raises(Refused, match="ann's does not count: has asked for it") as caught:
        gated.together(*NEXT, to="production", writer=person("ann"))
    assert len(caught.value.faults) == 3
    with pytest.raises(Refused, match="ann's does not count: has asked for it"):
        gated.together(*NEXT, to="production")


def test_when_the_plan_of_a_member_changes_the_approval_is_void_and_the_line_is_shown(gated: Bench) -> None:
    approved(gated, person("ann"))
    gated.cluster.records["payments-production", "orders"][9] = gated.cluster.records[
        "payments-production", "orders"
    ][1]
    with pytest.raises(Refused) as caught:
        gated.together(*NEXT, to="production")
    void = "it is of another plan (payments/orders: live: 1.0.0, revision 1 → 1.0.0, revision 9)"
    assert [void in each.problem for each in caught.value.faults] == [True] * 3


def test_an_approval_of_other_members_does_not_count(gated: Bench) -> None:
    approved(gated, person("ann"))
    with pytest.raises(Refused, match=r"another set \(payments/web: 1.1.0 → nothing\)"):
        gated.together(*NEXT[1:], to="production")


def test_an_approval_of_what_it_does_not_say_does_not_count(gated: Bench) -> None:
    found = together.plan(gated.around(), gated.set_of(*NEXT), gated.environment("production"), Request())
    forged: Any = together.approval(gated.around(), found.plan, "")
    forged.details["members"][0]["plan"] = "sha256:" + "0" * 64
    gated.write(person("bob"), forged)
    with pytest.raises(Refused, match="bob's does not count: it is not of what it says"):
        gated.together(*NEXT, to="production")


def test_a_pipeline_s_word_of_a_set_counts_for_nothing(gated: Bench) -> None:
    pipeline = Writer(role="pipeline", team="payments")
    approved(gated, pipeline)
    entry = gated.ledger.history(PLATFORM).entries[-1]
    assert "a pipeline's key writes no event of the kind approved" in entry.trouble
    with pytest.raises(Refused, match="0 of 1"):
        gated.together(*NEXT, to="production")
