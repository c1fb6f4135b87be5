from __future__ import annotations

import pytest

from pipelinekit.errors import CheckFailed
from pipelinekit.model import receipts
from pipelinekit.model.release import TestRun
from pipelinekit.model.testing import Failure, Totals
from pipelinekit.steps.artefacts.image import Did
from tests.imaging import Bench, another_revision


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_tests_run_in_the_images_test_stage_and_leave_a_receipt(bench: Bench) -> None:
    receipt, did = bench.test()
    assert (receipt.passed, receipt.reports, did) == (3, ("tests.xml",), Did("3 tests passed", acted=True))
    (built,) = bench.engine.images.values()
    assert built.target == "test"
    assert bench.receipts.load(receipts.Tested) == receipt


def test_tests_run_once_a_revision(bench: Bench) -> None:
    first, _ = bench.test()
    again, did = bench.test()
    assert again == first
    assert did == Did("3 tests passed at this revision already", acted=False)
    assert bench.engine.builds == 1


def test_tests_run_again_at_another_revision(bench: Bench) -> None:
    bench.test()
    receipt, did = bench.test(another_revision(commit="f" * 40))
    assert did.acted
    assert receipt.key.commit == "f" * 40


def test_without_a_test_stage_nothing_is_tested_and_it_says_so_every_time(bench: Bench) -> None:
    bench.sources.text = "FROM scratch\n"
    nothing = Did("the Dockerfile has no stage named 'test': nothing is tested", acted=False)
    assert bench.test()[1] == nothing
    assert bench.test()[1] == nothing
    assert bench.engine.builds == 0


def test_tests_that_leave_no_report_are_not_counted_as_none(bench: Bench) -> None:
    bench.reports.left, bench.reports.names = Totals(), ()
    receipt, did = bench.test()
    assert (receipt.passed, receipt.reports) == (0, ())
    assert did == Did("the test command ended with 0, without a report", acted=True)
    assert any("left no JUnit report in /reports" in line for line in bench.said)
    assert bench.test()[1].sentence == f"{did.sentence} at this revision already"
    bench.engine.next_run = TestRun(exit_code=1, output="")
    with pytest.raises(CheckFailed) as caught:
        bench.test(another_revision(commit="f" * 40))
    assert caught.value.faults[0].problem == "the test command ended with 1"
    assert "left no JUnit report" in caught.value.faults[0].hint


@pytest.mark.parametrize("code", [0, 5])
def test_a_report_without_a_test_is_told_as_that(bench: Bench, code: int) -> None:
    bench.reports.left = Totals()
    bench.engine.next_run = TestRun(exit_code=code, output="")
    receipt, did = bench.test()
    assert (receipt.passed, did.sentence) == (0, "no test ran, as its report says: nothing is tested")
    bench.reports.names = ()
    bench.engine.next_run = TestRun(exit_code=5, output="")
    with pytest.raises(CheckFailed):
        bench.test(another_revision(commit="e" * 40))


def test_a_failed_test_is_told_and_leaves_no_receipt(bench: Bench) -> None:
    bench.reports.left = Totals(passed=1, failures=(Failure("m.a", "got 3"), Failure("m.b", "boom")))
    bench.engine.next_run = TestRun(exit_code=1, output="")
    with pytest.raises(CheckFailed) as caught:
        bench.test()
    assert [each.problem for each in caught.value.faults] == [
        "2 of 3 tests failed",
        "m.a: got 3",
        "m.b: boom",
    ]
    assert bench.receipts.load(receipts.Tested) is None


@pytest.mark.parametrize(
    ("left", "exit_code", "summary"),
    [
        (Totals(passed=3), 2, "the test command ended with 2"),
        (Totals(), 1, "the test command ended with 1"),
        (Totals(passed=1, failures=(Failure("a", "b"),)), 0, "1 of 2 tests failed"),
    ],
)
def test_reports_and_exit_code_must_both_be_good(
    bench: Bench, left: Totals, exit_code: int, summary: str
) -> None:
    bench.reports.left = left
    bench.engine.next_run = TestRun(exit_code=exit_code, output="")
    with pytest.raises(CheckFailed, match=summary):
        bench.test()


def test_of_many_failures_twenty_are_told(bench: Bench) -> None:
    bench.reports.left = Totals(failures=tuple(Failure(f"t{n}", "x") for n in range(50)))
    with pytest.raises(CheckFailed, match="50 of 50") as caught:
        bench.test()
    assert len(caught.value.faults) == 21
