from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.testing import Failure, Totals
from pipelinekit.reading.junit import junit_of_cargo, junit_of_go, totals_of


@pytest.mark.parametrize(
    ("xml", "totals"),
    [
        ("<testsuite/>", Totals()),
        ('<testsuite><testcase name="a"/></testsuite>', Totals(passed=1)),
        (
            (
                '<testsuites><testsuite><testcase name="a"/></testsuite>'
                '<testsuite><testcase name="b"/></testsuite></testsuites>'
            ),
            Totals(passed=2),
        ),
        ('<testsuite><testcase name="a"><skipped/></testcase></testsuite>', Totals(skipped=1)),
        (
            (
                '<testsuite><testcase classname="m.C" name="a">'
                '<failure message="one&#10;two">trace</failure></testcase></testsuite>'
            ),
            Totals(failures=(Failure("m.C.a", "one"),)),
        ),
        (
            '<testsuite><testcase name="a"><failure>\n  boom\n</failure></testcase></testsuite>',
            Totals(failures=(Failure("a", "boom"),)),
        ),
        (
            '<testsuite><testcase name="a"><error/></testcase></testsuite>',
            Totals(failures=(Failure("a", "failed"),)),
        ),
        (
            '<testsuite><testcase name="a"><failure/><error message="x"/></testcase></testsuite>',
            Totals(failures=(Failure("a", "failed"),)),
        ),
        (
            '<testsuite><testcase name="a"><system-out>noise</system-out></testcase></testsuite>',
            Totals(passed=1),
        ),
    ],
)
def test_reports(xml: str, totals: Totals) -> None:
    assert totals_of(xml.encode()) == totals


@pytest.mark.parametrize("xml", [b"", b"text", b"<testsuite>", b"\xff\xfe", b"<a/><b/>"])
def test_what_is_no_report(xml: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        totals_of(xml)


def test_a_report_that_explodes_is_none() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "xxxxxxxxxx">{entities}]><testsuite name="&a11;"/>'
    with pytest.raises(ValueError, match=r".+"):
        totals_of(bomb.encode())


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


CARGO = """\
   Compiling orders v0.0.0 (/src)
    Finished test [unoptimized + debuginfo] target(s) in 1.00s
     Running unittests src/main.rs (target/debug/deps/orders-0123)

running 4 tests
test tests::an_unknown_path_is_not_found ... ok
test tests::it_is_slow ... ignored
test tests::the_front_page_greets ... FAILED
test tests::it_panics - should panic ... ok

failures:

---- tests::the_front_page_greets stdout ----
thread 'tests::the_front_page_greets' panicked at src/main.rs:60:9:
assertion `left == right` failed
  left: "a <b>"
 right: "c"

failures:
    tests::the_front_page_greets

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests orders

running 1 test
test src/lib.rs - add (line 3) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
"""


def test_cargo_s_output_becomes_a_report() -> None:
    totals = totals_of(junit_of_cargo(CARGO))
    assert (totals.passed, totals.skipped) == (3, 1)
    (failure,) = totals.failures
    assert failure.name == "src/main.rs.tests::the_front_page_greets"
    assert failure.message == "assertion `left == right` failed"
    assert b"a &lt;b&gt;" in junit_of_cargo(CARGO)


def test_a_rust_program_that_does_not_compile_is_a_failure_with_the_compilers_word() -> None:
    text = "   Compiling orders v0.0.0\nerror[E0425]: cannot find value `x`\n --> src/main.rs:1:1\n"
    (failure,) = totals_of(junit_of_cargo(text)).failures
    assert failure.message == "error[E0425]: cannot find value `x`"


@given(st.text(max_size=300))
def test_any_output_of_cargo_becomes_a_report(text: str) -> None:
    totals_of(junit_of_cargo(text))
