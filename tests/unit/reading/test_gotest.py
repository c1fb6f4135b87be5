from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.testing import Failure, Totals
from pipelinekit.reading.gotest import junit_of_go
from pipelinekit.reading.junit import totals_of


def events(*these: dict[str, object]) -> str:
    return "\n".join(json.dumps(each) for each in these)


def go(action: str, test: str = "", package: str = "acme/orders", **more: object) -> dict[str, object]:
    return {"Action": action, "Package": package, "Elapsed": 0.5, **({"Test": test} if test else {}), **more}


def test_go_s_events_become_a_report() -> None:
    report = junit_of_go(
        events(
            go("start"),
            go("run", "TestA"),
            go("pass", "TestA"),
            go("output", "TestB", Output="=== RUN   TestB\n"),
            go("output", "TestB", Output="    main_test.go:7: got 3\n"),
            go("output", "TestB", Output="--- FAIL: TestB (0.50s)\n"),
            go("fail", "TestB"),
            go("skip", "TestC"),
            go("output", Output="FAIL\n"),
            go("fail"),
        )
    )
    assert totals_of(report) == Totals(
        passed=1, skipped=1, failures=(Failure("acme/orders.TestB", "main_test.go:7: got 3"),)
    )


@pytest.mark.parametrize(
    "lines",
    [
        events(
            {"Action": "build-output", "ImportPath": "acme/orders", "Output": "# acme/orders\n"},
            {
                "Action": "build-output",
                "ImportPath": "acme/orders",
                "Output": "./main.go:3:1: syntax error\n",
            },
            {"Action": "build-fail", "ImportPath": "acme/orders"},
        ),
        events(go("output", Output="./main.go:3:1: syntax error\n"), go("fail")),
    ],
)
def test_what_does_not_compile_is_a_failure_with_the_compilers_word(lines: str) -> None:
    assert totals_of(junit_of_go(lines)).failures == (
        Failure("acme/orders.build", "./main.go:3:1: syntax error"),
    )


def test_a_package_that_fails_after_its_tests_passed_is_a_failure() -> None:
    report = totals_of(
        junit_of_go(events(go("pass", "TestA"), go("output", Output="panic: late\n"), go("fail")))
    )
    assert report.passed == 1
    assert report.failures == (Failure("acme/orders.package", "panic: late"),)


PANIC = (
    "panic: boom\n\ngoroutine 21 [running]:\nacme/orders.TestBoom.func1()\n\t/src/a_test.go:4 +0x25\n"
    "created by acme/orders.TestBoom in goroutine 19\n"
)


@pytest.mark.parametrize("speaker", ["TestBoom", "TestLate", ""])
def test_a_panic_in_a_goroutine_is_its_own_tests_failure_whoever_spoke_last(speaker: str) -> None:
    lines = [go("run", each) for each in ("TestA", "TestBoom", "TestLate")] + [go("pass", "TestA")]
    lines += [go("output", speaker, Output=each + "\n") for each in PANIC.splitlines()]
    lines += [go("pass", "TestLate"), go("output", Output="FAIL\tacme/orders\t2.008s\n"), go("fail")]
    report = totals_of(junit_of_go(events(*lines)))
    assert report.passed == 2
    assert report.failures == (Failure("acme/orders.TestBoom", "panic: boom"),)


def test_a_test_that_ends_the_program_is_the_one_that_had_not_ended() -> None:
    lines = [go("run", "TestA"), go("pass", "TestA"), go("run", "TestExit"), go("fail")]
    (failure,) = totals_of(junit_of_go(events(*lines))).failures
    assert failure.name == "acme/orders.TestExit"


def test_a_package_without_tests_says_nothing() -> None:
    assert totals_of(junit_of_go(events(go("skip"), go("pass")))) == Totals()


def test_what_is_no_event_is_passed_over() -> None:
    assert totals_of(junit_of_go("go: downloading x\n[]\n3\nnull\n" + events(go("pass", "TestA")))) == Totals(
        passed=1
    )


def test_what_xml_cannot_hold_is_left_out() -> None:
    report = junit_of_go(events(go("output", "T", Output="a\x00b\x1b[31m\ufffe<&>\n"), go("fail", "T")))
    assert totals_of(report).failures[0].message == "ab[31m<&>"


@given(st.lists(st.tuples(st.sampled_from(["pass", "fail", "skip"]), st.text(min_size=1), st.text())))
def test_no_test_is_lost_or_counted_twice(results: list[tuple[str, str, str]]) -> None:
    lines = [
        event
        for action, name, said in results
        for event in (go("output", name, Output=said), go(action, name))
    ]
    last = {name: action for action, name, _ in results}
    totals = totals_of(junit_of_go(events(*lines)))
    counts = [list(last.values()).count(each) for each in ("pass", "skip", "fail")]
    assert [totals.passed, totals.skipped, totals.failed] == counts


@given(st.text())
def test_any_text_becomes_a_report(text: str) -> None:
    totals_of(junit_of_go(text))
