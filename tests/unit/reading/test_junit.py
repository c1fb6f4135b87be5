from __future__ import annotations

import io
import unittest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.testing import Failure, Totals
from pipelinekit.reading.junit import junit_of_cargo, junit_of_unittest, totals_of


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


def test_a_report_is_read_within_bounds() -> None:
    with pytest.raises(ValueError, match="entity"):
        totals_of(b"<!DOCTYPE a [<!ENTITY b 'c'>]><testsuite/>")
    failed = "<testcase name='x'><failure>y</failure></testcase>"
    with pytest.raises(ValueError, match="10000 test cases"):
        totals_of(f"<testsuite>{failed * 10_001}</testsuite>".encode())
    (failure,) = totals_of(
        f"<testcase name='{'n' * 5000}'><error>{'m' * 5000}</error></testcase>".encode()
    ).failures
    assert (len(failure.name), len(failure.message)) == (1000, 1000)
    assert totals_of(b"<a>" * 100_000 + b"</a>" * 100_000) == Totals()


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


# --- Python's unittest ----------------------------------------------------------------------------


class Everything(unittest.TestCase):
    """What a test can come to; run by the test below alone."""

    __test__ = False

    stream: io.StringIO

    def test_documented(self) -> None:
        """It does (this.thing) ... well."""

    def test_noisy(self) -> None:
        self.stream.write("noise (of it)\nmore ... FAIL\n")

    def test_noisy_to_the_end(self) -> None:
        self.stream.write("no end")

    def test_fails(self) -> None:
        self.assertEqual([1], [2])  # noqa: PT009 - its words are what is read

    def test_raises(self) -> None:
        try:
            self.stream.seek("nowhere")  # type: ignore[arg-type]
        except TypeError as error:
            raise ValueError("first\nsecond") from error

    @unittest.skip("it's 'late'")
    def test_skipped(self) -> None:
        raise AssertionError

    def test_skips_itself(self) -> None:
        self.stream.write("noise\n")
        self.skipTest("now")

    @unittest.expectedFailure
    def test_fails_as_expected(self) -> None:
        self.fail()

    @unittest.expectedFailure
    def test_unexpected(self) -> None:
        pass

    def test_parts(self) -> None:
        for number in range(3):
            with self.subTest("part", number=number):
                self.assertEqual(number, 1)  # noqa: PT009

    def test_twice(self) -> None:
        self.addCleanup(self.fail, "afterwards")
        self.fail("at first")


class Unready(unittest.TestCase):
    __test__ = False

    @classmethod
    def setUpClass(cls) -> None:
        raise RuntimeError("no database")

    def test_never(self) -> None:
        raise AssertionError


def test_what_unittest_says_becomes_a_report() -> None:
    stream = io.StringIO()
    Everything.stream = stream
    loader = unittest.TestLoader()
    suite = unittest.TestSuite(
        [
            *map(loader.loadTestsFromTestCase, (Everything, Unready)),
            loader.loadTestsFromName("no_such_module"),
        ]
    )
    unittest.TextTestRunner(stream=stream, verbosity=2).run(suite)
    totals = totals_of(junit_of_unittest(stream.getvalue()))
    mine = f"{__name__}.Everything"
    assert {(each.name, each.message) for each in totals.failures} == {
        (f"{mine}.test_fails", "AssertionError: Lists differ: [1] != [2]"),
        (f"{mine}.test_raises", "ValueError: first"),
        (f"{mine}.test_unexpected", "unexpected success"),
        (f"{mine}.test_parts [part] (number=0)", "AssertionError: 0 != 1"),
        (f"{mine}.test_parts [part] (number=2)", "AssertionError: 2 != 1"),
        (f"{mine}.test_twice", "AssertionError: afterwards"),
        (f"{mine}.test_twice", "AssertionError: at first"),
        (f"{__name__}.Unready.setUpClass", "RuntimeError: no database"),
        (
            "unittest.loader._FailedTest.no_such_module",
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
    }
    assert (totals.passed, totals.skipped) == (4, 2), stream.getvalue()


OLD_UNITTEST = """\
Creating test database for alias 'default'...
test_parts (shop.tests.Shop) ... test_skipped (shop.tests.Shop) ... skipped 'late'
test_sum (shop.tests.Shop)
The sum is right. ... ok
test_unexpected (shop.tests.Shop) ... unexpected success
test_wrong (shop.tests.Shop) ... FAIL

======================================================================
FAIL: test_parts (shop.tests.Shop) (number=1)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/app/shop/tests.py", line 9, in test_parts
AssertionError: 1 != 2

======================================================================
FAIL: test_wrong (shop.tests.Shop)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/app/shop/tests.py", line 12, in test_wrong
AssertionError

----------------------------------------------------------------------
Ran 5 tests in 0.003s

FAILED (failures=2, skipped=1, unexpected successes=1)
"""


def test_what_an_older_unittest_says_is_read_as_well() -> None:
    """Before Python 3.11 a test's name is not repeated, and parts that fail end no line."""
    totals = totals_of(junit_of_unittest(OLD_UNITTEST))
    assert (totals.passed, totals.skipped) == (1, 1)
    assert [(each.name, each.message) for each in totals.failures] == [
        ("shop.tests.Shop.test_parts (number=1)", "AssertionError: 1 != 2"),
        ("shop.tests.Shop.test_unexpected", "unexpected success"),
        ("shop.tests.Shop.test_wrong", "AssertionError"),
    ]


@pytest.mark.parametrize(
    ("output", "name", "message"),
    [
        ("", "unittest.run", "nothing was said"),
        ("Traceback:\n  x\nImproperlyConfigured: no SECRET_KEY\n", "unittest.run", "no SECRET_KEY"),
        ("test_a (m.C.test_a) ... ok\ntest_b (m.C.test_b) ... Segmentation fault\n", "m.C.test_b", "fault"),
    ],
)
def test_a_unittest_run_without_a_summary_is_a_failure(output: str, name: str, message: str) -> None:
    totals = totals_of(junit_of_unittest(output))
    assert [each.name for each in totals.failures] == [name]
    assert totals.failures[0].message.endswith(message)


@given(st.text())
def test_whatever_unittest_says_is_a_report(output: str) -> None:
    assert totals_of(junit_of_unittest(output)).failed or "Ran " in output
