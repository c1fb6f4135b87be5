"""Run the tests and write a JUnit report: `python -m tests`. No package is needed.

The report goes to $REPORTS, which is /reports in the image's test stage.
"""

import os
import sys
import unittest
from pathlib import Path
from xml.etree import ElementTree


class Result(unittest.TextTestResult):
    """Remembers every test case in the form of a JUnit report."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.suite = ElementTree.Element("testsuite", name="tests")

    def _case(self, test):
        place, _, name = test.id().rpartition(".")
        return ElementTree.SubElement(self.suite, "testcase", classname=place, name=name)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._case(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        ElementTree.SubElement(self._case(test), "failure", message=str(err[1])).text = self.failures[-1][1]

    def addError(self, test, err):
        super().addError(test, err)
        ElementTree.SubElement(self._case(test), "error", message=str(err[1])).text = self.errors[-1][1]

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        ElementTree.SubElement(self._case(test), "skipped", message=reason)


def main() -> int:
    tests = unittest.defaultTestLoader.discover("tests", top_level_dir=".")
    result = unittest.TextTestRunner(resultclass=Result, verbosity=2).run(tests)
    reports = Path(os.environ.get("REPORTS", "/reports"))
    if reports.is_dir():
        ElementTree.ElementTree(result.suite).write(
            reports / "tests.xml", encoding="utf-8", xml_declaration=True
        )
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
