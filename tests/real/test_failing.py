"""What fails ends the line, and leaves its report: tests, and a program that does not compile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelinekit.reading.junit import totals_of
from tests import matrix
from tests.real import app

MANAGE = """\
import sys
import unittest

assert sys.argv[1:] == ["test", "--verbosity=2"], sys.argv
unittest.main(module=None, argv=["manage.py", "discover", "--verbose"])
"""
"""As Django's `test` does, without Django."""
CASES = """\
import unittest


class Sums(unittest.TestCase):
    def test_right(self):
        self.assertEqual(1 + 1, 2)

    def test_wrong(self):
        self.assertEqual(1 + 1, 3)
"""


@pytest.mark.parametrize("program", ["manage.py", "app.py"])
def test_an_adopted_program_whose_tests_write_no_report_gets_one(
    testbed: Mapping[str, str], tmp_path: Path, program: str
) -> None:
    here = app.Application(tmp_path, "orders", "team", testbed)
    here.write("requirements.txt", "")
    # The one that there is an image of here.
    here.write(".python-version", "3.11\n")
    here.write(program, MANAGE)
    here.write("test_sums.py", CASES)
    here.tool("git", "init", "--quiet", "--initial-branch=main")
    here.must("new-app", "orders", "--team", "team", "--from", ".")
    here.commit()
    mirrored = here.with_env(PIPELINEKIT_MIRROR=testbed["PK_TESTBED_REGISTRY"])
    said = mirrored.verb("test")
    assert said.code == 1
    assert said.reason == "error: 1 of 2 tests failed"
    assert "test_sums.Sums.test_wrong: AssertionError: 2 != 3" in said.err
    here.replace("test_sums.py", "1 + 1, 3", "1 + 1, 2")
    assert mirrored.must("test").out == "2 tests passed\n"
    report = tmp_path / ".pipelinekit/reports/unittest.xml"
    assert totals_of(report.read_bytes()).passed == 2


@pytest.mark.parametrize(
    ("language", "path", "old", "new"),
    matrix.sampled(
        "languages",
        [
            ("python", "orders/web.py", "Hello from orders", "Goodbye from orders"),
            ("go", "main.go", "Hello from", "Goodbye from"),
            ("static", "public/index.html", "style.css", "missing.css"),
            ("node", "app.js", "Hello from", "Goodbye from"),
            ("rust", "src/main.rs", '"/healthz" => ("200 OK", "ok', '"/healthz" => ("200 OK", "no'),
            ("java-maven", "src/main/java/app/Main.java", "Hello from", "Goodbye from"),
        ],
        keep=3,
    ),
)
def test_a_failing_test_ends_the_line_and_leaves_its_report(
    testbed: Mapping[str, str], tmp_path: Path, language: str, path: str, old: str, new: str
) -> None:
    with app.new(testbed, tmp_path, language) as application:
        application.replace(path, old, new)
        said = application.verb("test")
        assert said.code == 1
        assert said.reason.startswith("error: 1 of "), said.err
        reports = list((application.folder / ".pipelinekit" / "reports").glob("*.xml"))
        assert sum(totals_of(each.read_bytes()).failed for each in reports) == 1
        assert not (application.folder / ".pipelinekit" / "receipts" / "test.json").exists()


def test_a_go_program_that_does_not_compile_is_a_failed_build(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path, "go") as application:
        application.replace("main.go", "func main() {", "func main() { undefined()")
        said = application.verb("build")
        assert said.code == 5
        assert "undefined" in said.err
        assert not (application.folder / ".pipelinekit" / "receipts" / "build.json").exists()
