from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import CheckFailed, Refused, ToolFailed
from pipelinekit.model.ledger import Event
from pipelinekit.model.platform.gates import Approvals, Watch
from pipelinekit.model.promotion import Request, Watched
from pipelinekit.model.trouble import Trouble
from pipelinekit.steps.promotion import books, promote
from tests.counting import Effects
from tests.doubles import Killed
from tests.promoting import RITA, Bench
from tests.promotions import BRANCH, PIPELINE, event, person


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.release("1.0.0")
    return made


def test_a_release_is_promoted_verified_and_recorded(bench: Bench) -> None:
    deployed, verified = bench.promote()
    assert deployed.sentence == "orders 1.0.0 runs in staging (namespace payments-staging)"
    assert verified.sentence == "orders 1.0.0 is verified in staging"
    assert bench.kinds() == ["requested", "promoted", "verified"]
    assert bench.ledger.history(BRANCH).events[-1].platform == "p" * 40


def test_again_it_does_nothing(bench: Bench) -> None:
    bench.promote()
    before = bench.ends()
    (did,) = bench.promote()
    assert (did.acted, did.sentence) == (
        False,
        "orders 1.0.0 runs already in staging (namespace payments-staging)",
    )
    assert bench.ends() == before


def test_without_a_version_it_is_what_the_environment_before_has(bench: Bench) -> None:
    bench.promote()
    bench.release("1.0.1")
    assert bench.plan(to="production").survey.release.version == "1.0.0"
    assert bench.plan(to="staging").survey.release.version == "1.0.1"


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


def test_a_bar_that_comes_first_is_judged(bench: Bench) -> None:
    bench.ledger.meddler = lambda _: bench.write(person("ann"), event("barred", "1.0.0", reason="leak"))
    with pytest.raises(Refused, match="was barred by ann: leak"):
        bench.promote()
    assert bench.kinds() == ["refused"]


def test_a_bad_image_is_rolled_back_and_recorded_with_its_reason(bench: Bench) -> None:
    bench.promote()
    bench.release("1.0.1")
    bench.cluster.wrong = [Trouble(subject="pod/orders", problem="no such image", final=True)]
    with pytest.raises(ToolFailed, match="no such image"):
        bench.promote()
    assert bench.kinds()[3:] == ["requested", "failed"]
    assert "no such image" in bench.ledger.history(BRANCH).events[-1].reason
    assert bench.plan("1.0.0").there
    assert bench.plan("1.0.1").survey.live.version == "1.0.0"


def test_tests_that_fail_are_recorded_and_the_way_back_is_said(bench: Bench) -> None:
    bench.releases.tests_fail = "404"
    with pytest.raises(CheckFailed):
        bench.promote()
    assert bench.kinds() == ["requested", "promoted", "failed"]
    assert any("pipelinekit rollback orders --env staging" in each for each in bench.said)
    bench.releases.tests_fail = ""
    (did,) = bench.promote()
    assert did.sentence == "orders 1.0.0 is verified in staging"
    assert bench.kinds()[-1] == "verified"


@pytest.mark.parametrize("alive", [True, False])
def test_what_somebody_else_has_begun_is_waited_for_or_goes_on(bench: Bench, alive: bool) -> None:
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote()
    assert bench.kinds() == ["requested"]
    if alive:
        bench.living.add("me")
        with pytest.raises(Refused, match="is on its way to staging"):
            bench.promote()
        assert bench.kinds() == ["requested", "refused"]
    else:
        bench.promote()
        assert bench.kinds() == ["requested", "promoted", "verified"]


def test_what_somebody_else_is_proving_is_theirs_to_prove(bench: Bench) -> None:
    bench.effects.kill_at = 4
    with pytest.raises(Killed):
        bench.promote()
    assert bench.kinds() == ["requested", "promoted"]
    bench.living.add("me")
    (did,) = bench.promote()
    assert (did.acted, bench.kinds()) == (False, ["requested", "promoted"])
    bench.living.clear()
    bench.promote()
    assert bench.kinds() == ["requested", "promoted", "verified"]


def test_another_release_ends_what_was_left_and_both_are_recorded(bench: Bench) -> None:
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote("1.0.0")
    bench.release("1.0.1")
    bench.promote("1.0.1")
    assert bench.kinds() == ["requested", "failed", "requested", "promoted", "verified"]


def test_killed_at_each_effect_and_run_again_it_ends_like_an_undisturbed_run(tmp_path: Path) -> None:
    elsewhere = {"registry": "prod:5000", "charts": "oci://prod:5000/charts"}

    def ready(folder: str) -> Bench:
        made = Bench(tmp_path / folder, production=elsewhere)
        made.release("1.0.0")
        made.promote()
        made.release("1.0.1")
        made.promote()
        made.effects = Effects()
        return made

    undisturbed = ready("none")
    undisturbed.promote("1.0.1", "production")
    assert undisturbed.effects.names == [
        "write requested",
        "copy prod:5000/payments/orders:1.0.1",
        "copy prod:5000/charts/payments/orders:1.0.1",
        "install",
        "installed",
        "write promoted",
        "write verified",
    ]
    for number in range(undisturbed.effects.count):
        bench = ready(f"killed-{number}")
        bench.effects.kill_at = number
        with pytest.raises(Killed):
            bench.promote("1.0.1", "production")
        bench.promote("1.0.1", "production")
        assert bench.ends() == undisturbed.ends(), number


def test_what_had_begun_before_a_freeze_may_end_inside_it(bench: Bench) -> None:
    bench.effects.kill_at = 2
    with pytest.raises(Killed):
        bench.promote()
    bench.stop("frozen")
    bench.promote()
    assert bench.kinds() == ["requested", "promoted", "verified"]


def test_what_had_changed_nothing_before_a_freeze_may_not(bench: Bench) -> None:
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote()
    bench.stop("frozen")
    with pytest.raises(Refused, match="everything was frozen"):
        bench.promote()
    assert bench.kinds() == ["requested", "refused"]


@pytest.mark.parametrize("live", [-1, 0, "x", [1], None])
def test_a_beginning_that_somebody_has_made_up_opens_no_gate(bench: Bench, live: Any) -> None:
    bench.promote()
    bench.production = {"approvals": Approvals(count=2, groups=("release-managers",))}
    bench.write(person("ann"), event("barred", "1.0.0", reason="leak"))
    release = bench.plan(to="production").survey.release
    details = {"stage": "begun", "holder": "gone", "until": live, "live": live}
    found = books.digests_of(release)
    bench.write(person("eve"), event("requested", "1.0.0", "production", digests=found, details=details))
    with pytest.raises(Refused) as caught:
        bench.promote("1.0.0", "production")
    assert [each.code for each in caught.value.faults] == ["gate-bar", "gate-approvals"]
    assert bench.kinds("production") == ["requested", "refused"]
    assert ("payments-production", "orders") not in bench.cluster.records


def test_an_emergency_that_goes_on_from_a_beginning_is_recorded_once(bench: Bench) -> None:
    bench.production = {"emergency": ("sre",)}
    sam = person("sam", "sre")
    release = bench.plan("1.0.0", "production").survey.release
    details = {"stage": "begun", "holder": "gone", "until": 0}
    found = books.digests_of(release)
    bench.write(sam, event("requested", "1.0.0", "production", digests=found, details=details))
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote("1.0.0", "production", sam, emergency=True, reason="fire")
    bench.promote("1.0.0", "production", sam, emergency=True, reason="fire")
    assert bench.kinds("production") == ["requested", "emergency", "promoted", "verified"]


def test_a_pipeline_ends_nobody_s_promotion(bench: Bench) -> None:
    bench.effects.kill_at = 1
    with pytest.raises(Killed):
        bench.promote()
    begun = bench.ledger.history(BRANCH).entries[-1].commit
    bench.living.add("me")
    for kind, where in (("refused", "staging"), ("deployed", "dev")):
        bench.write(PIPELINE, event(kind, "1.0.0", where, details={"begun": begun}))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="is on its way to staging"):
        bench.promote()


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


def test_a_soak_begins_when_the_first_promotion_sees_its_arrival(bench: Bench) -> None:
    bench.promote()
    bench.production = {"soak": 60}
    with pytest.raises(Refused, match="begins now that it is seen"):
        bench.promote(to="production")
    bench.now += 59
    with pytest.raises(Refused, match="59 s of 1 min"):
        bench.promote(to="production")
    bench.now += 1
    bench.promote(to="production")


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


def test_a_ledger_that_does_not_answer_refuses(bench: Bench) -> None:
    bench.ledger.silent = True
    with pytest.raises(Refused, match="does not answer"):
        bench.promote()


def test_twenty_at_once_are_one_promotion_and_twenty_answers(bench: Bench) -> None:
    """Each comes in just before the one before writes its beginning."""
    answers: list[str] = []
    numbers = itertools.count()

    def another(_: object) -> None:
        if next(numbers) < 19:
            bench.ledger.meddler = another
            try:
                answers.append(bench.promote()[0].sentence)
            except Refused as error:
                answers.append(error.faults[0].problem)

    bench.ledger.meddler = another
    answers.append(bench.promote()[0].sentence)
    assert len(answers) == 20
    assert bench.kinds().count("promoted") == 1
    assert set(answers) <= {
        "orders 1.0.0 runs in staging (namespace payments-staging)",
        "orders 1.0.0 runs already in staging (namespace payments-staging)",
    }


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
