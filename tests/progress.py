"""What a long run of tests shows: each file when it is done, each failure at once, the slow ones at the end.

Loaded by `tests.run` with `-p tests.progress`. Dots would say that something moves, not what.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONG = 2.0  # seconds
_QUIET = 10.0  # seconds
_SILENT = 30.0  # seconds


class Progress:
    """Lives in the process that leads the run; workers report to it."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.said = self.began
        self.left: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.bad: Counter[str] = Counter()
        self.total = 0
        self.done = 0

    def expect(self, ids: Iterable[str]) -> None:
        """Take the tests that are to run, the first time that somebody tells them."""
        if not self.total:
            self.left.update(each.partition("::")[0] for each in ids)
            self.total = self.left.total()

    def say(self, words: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        self.said = time.monotonic()
        share = f"{self.done}/{self.total}"
        print(f"  {minutes:3}:{seconds:02}  {share:>11}  {words}", flush=True)

    def _worth(self, seconds: float) -> bool:
        """Whether a file that went well gets a line: it took its time, or nothing was said for a while."""
        return seconds >= _LONG or time.monotonic() - self.said > _QUIET

    @pytest.hookimpl
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.expect(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        self.expect(ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        """No dot for what has its line here."""
        if isinstance(report, pytest.TestReport) and report.when == "call" and not report.skipped:
            return report.outcome, "", ""
        return None

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        self.seconds[file] += report.duration
        if report.failed:
            self.bad[file] += 1
            self.say(f"FAILED {report.nodeid}" + ("" if report.when == "call" else f" ({report.when})"))
        if report.when == "teardown":
            self.done += 1
            self.left[file] -= 1
            if not self.left[file] and (self.bad[file] or self._worth(self.seconds[file])):
                verdict = f"{self.bad[file]} FAILED" if self.bad[file] else "ok"
                self.say(f"{verdict}  {file} ({self.seconds[file]:.0f} s)")
            elif time.monotonic() - self.said > _SILENT:
                self.say(f"...  {file}")

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        slow = [each for each in sorted(self.seconds.items(), key=lambda each: -each[1])[:15] if each[1] >= 5]
        if slow:
            terminalreporter.section("slowest files")
        for file, seconds in slow:
            terminalreporter.write_line(f"{seconds:7.1f} s  {file}")


def pytest_configure(config: pytest.Config) -> None:
    """The workers of a run only report."""
    if not hasattr(config, "workerinput"):
        sys.stdout.flush()
        config.pluginmanager.register(Progress(), "progress")
