"""A release comes to an environment, with its tests, and the ledger says so."""

from __future__ import annotations

import itertools

import pytest

from pipelinekit.errors import CheckFailed, Refused, ToolFailed, failed
from pipelinekit.model.trouble import Trouble
from tests.promoting import Bench
from tests.promotions import BRANCH


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


def test_a_cluster_that_falls_silent_has_failed_no_test(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise failed("cluster-unreachable", "the cluster does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(bench.releases, "test", silent)
        with pytest.raises(ToolFailed, match="does not answer"):
            bench.promote()
    assert bench.kinds() == ["requested", "promoted"]
    assert bench.said[-1] == "orders 1.0.0 is in staging, not proven yet: the same again does it"
    (did,) = bench.promote()
    assert did.sentence == "orders 1.0.0 is verified in staging"
    assert bench.kinds() == ["requested", "promoted", "verified"]


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
