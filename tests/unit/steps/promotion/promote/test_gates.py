"""What keeps a release out of an environment, and what opens the gate again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused, ToolFailed, failed
from pipelinekit.model.ledger import PLATFORM, Event, History
from pipelinekit.model.platform.gates import Approvals, Watch
from pipelinekit.model.promotion import Request, Watched
from pipelinekit.model.trouble import Trouble
from pipelinekit.steps.promotion import books, promote
from tests.promoting import RITA, Bench
from tests.promotions import BRANCH, event, person


def test_every_closed_gate_is_told_and_the_refusal_is_recorded(bench: Bench) -> None:
    bench.production = {"approvals": Approvals(count=1, groups=("release-managers",)), "change": "C#"}
    bench.stop("frozen", reason="fire")
    with pytest.raises(Refused) as caught:
        bench.promote("1.0.0", "production")
    assert [each.code for each in caught.value.faults] == [
        *("gate-order", "gate-verified", "gate-freeze", "gate-change", "gate-approvals")
    ]
    assert bench.kinds("production") == ["refused"]
    reason = bench.ledger.history(BRANCH).events[-1].reason
    assert reason.startswith("order: 1.0.0 has not been in staging; verified:")


def test_a_freeze_that_comes_between_the_judgement_and_the_effect_stops_it(bench: Bench) -> None:
    bench.ledger.meddler = lambda _: bench.stop("frozen", reason="now")
    with pytest.raises(Refused, match="frozen by ann: now"):
        bench.promote()
    assert bench.kinds() == ["requested", "refused"]
    bench.stop("thawed")
    bench.promote()
    assert bench.kinds()[2:] == ["requested", "promoted", "verified"]


def test_an_approval_whose_key_is_revoked_between_the_judgement_and_the_effect_counts_no_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the platform's branch gets meanwhile keeps nobody from writing to the application's."""
    bench.promote()
    bench.production = {"approvals": Approvals(count=1, groups=("release-managers",))}
    planned = bench.plan(to="production").survey.plan
    told: dict[str, Any] = {"plan": planned.digest, "details": {"parts": dict(planned.parts)}}
    bench.write(person("ann"), event("approved", "1.0.0", "production", **told))
    known = bench.ledger.history

    def revoked(branch: str) -> History:
        found = known(branch)
        begun = any(each.kind == "requested" and each.environment == "production" for each in found.events)
        gone = [replace(x, trouble="revoked") if x.event.kind == "approved" else x for x in found.entries]
        return replace(found, entries=tuple(gone)) if begun else found

    monkeypatch.setattr(bench.ledger, "history", revoked)
    with pytest.raises(Refused, match="0 of 1 from release-managers"):
        bench.promote(to="production")
    assert bench.kinds("production") == ["requested", "refused"]


def test_a_bar_that_comes_first_is_judged(bench: Bench) -> None:
    bench.ledger.meddler = lambda _: bench.write(person("ann"), event("barred", "1.0.0", reason="leak"))
    with pytest.raises(Refused, match="was barred by ann: leak"):
        bench.promote()
    assert bench.kinds() == ["refused"]


def test_a_try_that_fails_says_that_it_takes_the_approvals_away(bench: Bench) -> None:
    bench.promote()
    bench.release("1.0.1")
    bench.promote("1.0.1")
    bench.production = {"approvals": Approvals(count=1, groups=("release-managers",))}

    def approve(version: str) -> None:
        plan = bench.plan(version, "production")
        found = books.digests_of(plan.survey.release)
        told = {"plan": plan.survey.plan.digest, "details": {"parts": dict(plan.survey.plan.parts)}}
        bench.write(person("ann"), event("approved", version, "production", digests=found, **told))

    approve("1.0.0")
    bench.promote("1.0.0", "production")
    assert not [each for each in bench.said if "approvals of this plan" in each]
    approve("1.0.1")
    bench.cluster.wrong = [Trouble(subject="pod/orders", problem="no such image", final=True)]
    with pytest.raises(ToolFailed):
        bench.promote("1.0.1", "production")
    assert "so the approvals of this plan count no more" in bench.said[-1]
    bench.cluster.wrong = []
    with pytest.raises(Refused, match="it is of another plan"):
        bench.promote("1.0.1", "production")


def test_where_a_cluster_falls_silent_nobody_says_that_approvals_still_count(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.promote()
    bench.production = {"approvals": Approvals(count=0, groups=("release-managers",))}

    def silent(*_: object, **__: object) -> None:
        monkeypatch.setattr(bench.releases, "state", silent)
        raise failed("cluster-unreachable", "the cluster does not answer")

    monkeypatch.setattr(bench.releases, "install", silent)
    with pytest.raises(ToolFailed, match="does not answer"):
        bench.promote("1.0.0", "production")
    assert bench.said[-1].startswith("whether this try has changed what production has cannot be asked now")


def test_an_approval_is_of_a_plan_and_void_when_what_runs_has_changed(bench: Bench) -> None:
    bench.promote()
    bench.production = {"approvals": Approvals(count=1, groups=("release-managers",))}
    planned = bench.plan(to="production").survey.plan
    approval = event(
        "approved", "1.0.0", "production", plan=planned.digest, details={"parts": dict(planned.parts)}
    )
    bench.write(person("ann"), approval)
    assert bench.plan(to="production").judged.closed == ()
    bench.cluster.records["payments-production", "orders"] = {
        7: bench.cluster.records["payments-staging", "orders"][1]
    }
    (closed,) = bench.plan(to="production").judged.closed
    assert "live: nothing → unknown, revision 7" in closed.reason


def test_an_emergency_is_loud_recorded_and_waits_for_review(bench: Bench) -> None:
    bench.production = {"emergency": ("sre",)}
    sam = person("sam", "sre")
    bench.promote("1.0.0", "production", sam, emergency=True, reason="fire")
    assert bench.kinds("production") == ["emergency", "requested", "promoted", "verified"]
    assert next(each for each in bench.said if "EMERGENCY" in each) == "EMERGENCY: fire"
    bench.release("1.0.1")
    bench.promote()
    with pytest.raises(Refused, match="was not reviewed yet"):
        bench.promote("1.0.1", "production")
    bench.write(RITA, event("reviewed", "1.0.0", "production"))
    bench.promote("1.0.1", "production")


@pytest.mark.parametrize(
    ("watched", "open_"), [((True, "0.1"), True), ((False, "9"), False), ((None, "no data"), False)]
)
def test_figures_of_the_environment_before(tmp_path: Path, watched: tuple[Any, str], open_: bool) -> None:
    bench = Bench(tmp_path)
    bench.release("1.0.0")
    bench.promote()
    bench.watched = (Watched("errors", *watched),)
    around = bench.around()
    object.__setattr__(around.platform.environments[1], "watch", Watch(prometheus="http://p"))
    planned = promote.plan(around, "payments", "orders", "", around.platform.environments[2], Request())
    assert (planned.judged.closed == ()) is open_


def test_what_is_not_signed_or_gone_goes_nowhere(bench: Bench) -> None:
    bench.signed = set()
    with pytest.raises(Refused) as caught:
        bench.promote()
    assert [each.code for each in caught.value.faults] == ["gate-signed", "gate-signed"]
    bench.registry.manifests.clear()
    with pytest.raises(Refused) as caught:
        bench.promote()
    assert {each.code for each in caught.value.faults} == {"gate-signed", "gate-artefacts"}
    assert isinstance(bench.ledger.history(BRANCH).events[-1], Event)


def test_what_was_cut_from_the_platform_s_branch_stops_the_next_promotion_until_an_emergency(
    bench: Bench,
) -> None:
    """Whoever may force a push needs no key to take a hold over all away."""
    bench.write(RITA, Event(kind="held", environment="production", at=bench.now, reason="audit"))
    bench.promote("1.0.0")
    bench.ledger.entries[PLATFORM].clear()
    bench.production = {"emergency": ("release-managers",)}
    with pytest.raises(Refused, match=r"branch platform has no .* it was cut or written anew"):
        bench.promote(to="production")
    bench.promote(to="production", emergency=True, reason="the ledger is lost")
    bench.release("1.0.2")
    bench.promote("1.0.2")
