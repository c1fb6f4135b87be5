"""`make test`: every check and every test, in an order that keeps both cores busy; shows progress and times.

The lint and the pure tests run while the testbed comes up, which takes minutes only the first time on a
machine. Nothing is skipped: what cannot run here fails by name, and everything else runs all the same.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

LINT: tuple[tuple[str, ...], ...] = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("lint-imports", "--no-logo"),
)
PURE = ("tests/unit", "tests/golden")
REAL = ("tests/real", "tests/charts", "tests/controller", "tests/hostile", "tests/jenkins")
"""What waits for a cluster comes first: the short files at the end leave no worker alone with a long one."""
BESIDE = ("--dist", "loadfile", "--no-loadscope-reorder")
WAITING = ("-n", "3")
"""Workers of tests that wait for servers a quarter of their time, for two cores."""

AGAIN = 40
"""So many real tests may fail beside others and are asked once more, alone; more of them are a fault."""


LONGEST = 900
"""Seconds that a test may take beside others; one that hangs says where instead of taking CI's whole time."""


TAKEN = """\
A testbed is up on this machine. Its tests run in it, and when they are done it is taken down with all that is
in it, a demo's application as well: the last tests need a machine without one. Ctrl-C now keeps it; after it,
`make demo` and `make testbed-up` make another."""


@dataclass
class Outcome:
    """What a stage came to; `passed` and `failed` are counts of tests."""

    name: str
    seconds: float
    code: int
    passed: int = 0
    failed: int = 0
    unsteady: int = 0
    """Tests that failed beside others and passed alone."""


@dataclass
class Run:
    """The whole run, stage after stage."""

    outcomes: list[Outcome] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def stage(
        self, name: str, argv: Sequence[str], env: dict[str, str] | None = None, *, aside: bool = False
    ) -> Outcome:
        """Run a command as a stage and show its output as it comes; aside, only when it has failed."""
        began = time.monotonic()
        if not aside:
            self.say(f"\n=== {name}")
        said: list[str] = []
        with subprocess.Popen(
            argv,
            cwd=ROOT,
            env={**os.environ, **(env or {}), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                said.append(line)
                if not aside:
                    self.say(line.rstrip("\n"))
        outcome = Outcome(name, time.monotonic() - began, process.returncode)
        outcome.passed, outcome.failed = _counts("".join(said))
        with self.lock:
            self.outcomes.append(outcome)
        if aside and outcome.code:
            self.say("".join(said).rstrip())
        self.say(f"=== {name}: {'ok' if outcome.code == 0 else 'FAILED'} ({outcome.seconds:.0f} s)")
        return outcome

    def settle(self, first: Outcome, alone: Outcome) -> None:
        """Take what passed alone for passed, and count it: real servers share two cores here."""
        if alone.code == 0 and alone.passed:
            first.unsteady, first.failed, first.code = first.failed, 0, 0

    def say(self, text: str) -> None:
        """Show a text whole, whatever runs aside."""
        with self.lock:
            print(text, flush=True)

    def report(self) -> int:
        """The table of stages and the closing line; 0 when all is well."""
        print("\nWhere the time went:")
        for each in self.outcomes:
            verdict = "ok" if each.code == 0 else f"exit {each.code}"
            if each.unsteady:
                verdict += f", {each.unsteady} unsteady"
            print(f"  {each.seconds:7.1f} s  {verdict:8}  {each.name}")
        passed = sum(each.passed for each in self.outcomes)
        failed = sum(each.failed for each in self.outcomes)
        bad = [each for each in self.outcomes if each.code]
        # A stage that failed without a failed test (lint, an import error) counts as one.
        failed += sum(1 for each in bad if not each.failed)
        unsteady = sum(each.unsteady for each in self.outcomes)
        told = f", {unsteady} of them only alone: named above under FAILED" if unsteady else ""
        print(f"\n{passed} passed, {failed} failed{told}")
        return 1 if bad else 0


def _counts(output: str) -> tuple[int, int]:
    """Passed and failed tests by pytest's last summary line."""
    passed = failed = 0
    for line in reversed(output.splitlines()):
        if re.search(r"\b(passed|failed|error|errors)\b.* in [0-9.]+s", line):
            for count, word in re.findall(r"(\d+) (passed|failed|errors?)", line):
                if word == "passed":
                    passed += int(count)
                else:
                    failed += int(count)
            break
    return passed, failed


def lint(run: Run) -> None:
    """Style, types, floors."""
    for argv in LINT:
        run.stage(" ".join(argv), [str(BIN / argv[0]), *argv[1:]])


def pytest(*arguments: str) -> list[str]:
    """A pytest command line."""
    return [sys.executable, "-m", "pytest", "-q", "-p", "tests.progress", f"--timeout={LONGEST}", *arguments]


def everything(run: Run) -> None:
    """All stages."""
    if testbed():
        run.say(TAKEN)
    began = [sys.executable, "-m", "tests.testbed", "up"]
    up = threading.Thread(target=lambda: run.stage("testbed up", began, aside=True))
    up.start()
    lint(run)
    run.stage("pure tests", pytest("-n", "2", *PURE))
    up.join()
    # Without a testbed its tests fail, each by name; the others of these folders still run.
    try:
        real = run.stage("real tests", pytest("--cache-clear", *WAITING, *BESIDE, *REAL), testbed())
        # Any other code says that something has ended the run, and that not every test was asked.
        if real.code == 1 and 0 < real.failed <= AGAIN:
            run.settle(real, run.stage("failed tests, alone", pytest(*again()), testbed()))
    finally:
        run.stage("testbed down", [sys.executable, "-m", "tests.testbed", "down"])
    # Whole lives of testbeds need a machine without one.
    run.stage("testbed lives", pytest("-m", "lifecycle", "tests/real"))


def again() -> list[str]:
    """The tests that failed in the stage before; of a story, whose tests need each other, all."""
    failed: dict[str, bool] = json.loads((ROOT / ".pytest_cache/v/cache/lastfailed").read_text())
    asked: dict[str, None] = {}
    for test in failed:
        file = test.partition("::")[0]
        asked[file if "pytest.mark.story" in (ROOT / file).read_text() else test] = None
    return list(asked)


def testbed() -> dict[str, str]:
    """The environment that leads to the testbed, empty where none is up."""
    described = subprocess.run(
        [sys.executable, "-m", "tests.testbed", "env", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(described.stdout) if described.returncode == 0 else {}


def matrices(run: Run, part: str) -> None:
    """The long matrices whole, of one part or of all, and their tables. A testbed that was up stays up."""
    was_up = bool(testbed())
    run.stage("testbed up", [sys.executable, "-m", "tests.testbed", "up"])
    chosen = ("-m", "matrix", "--matrix-part", part, "--matrix-tables", "tests/matrix")
    try:
        run.stage("matrix", pytest("-n", "2", *BESIDE, *chosen, *PURE, *REAL), testbed())
    finally:
        if not was_up:
            run.stage("testbed down", [sys.executable, "-m", "tests.testbed", "down"])


def main(arguments: list[str]) -> int:
    """Run what the arguments name: `lint`, `matrix [part]`, or everything."""
    run = Run()
    if arguments[:1] == ["matrix"]:
        matrices(run, "".join(arguments[1:]))
    elif arguments == ["lint"]:
        lint(run)
    else:
        everything(run)
    return run.report()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
