"""`go test -json` as a JUnit report."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from pipelinekit.reading.junit import xml_text

Key = tuple[str, str]
"""A package, and a test of it; an empty one is the package itself."""

_PANIC = re.compile(r"^(?:panic|fatal error): ", re.MULTILINE)
_TEST = re.compile(r"\.((?:Test|Fuzz|Example|Benchmark)\w*)(?:\.func|\(| in goroutine )")


@dataclass
class _Run:
    """What the events have said so far."""

    output: dict[Key, list[str]] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)
    """All output of a package, whichever test it was taken for, in its order."""
    begun: dict[Key, None] = field(default_factory=dict)
    results: dict[Key, tuple[str, float]] = field(default_factory=dict)

    def take(self, line: str) -> None:
        """One line of output; what is no event says nothing."""
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(event, dict):
            return
        key = (str(event.get("Package") or event.get("ImportPath", "")), str(event.get("Test", "")))
        action = str(event.get("Action", ""))
        if action in {"output", "build-output"}:
            self.output.setdefault(key, []).append(str(event.get("Output", "")))
            self.said.setdefault(key[0], []).append(str(event.get("Output", "")))
        elif action == "run":
            self.begun[key] = None
        elif action in {"pass", "fail", "skip", "build-fail"}:
            elapsed = event.get("Elapsed")
            seconds = float(elapsed) if isinstance(elapsed, int | float) and 0 <= elapsed < 1e9 else 0.0
            self.results[key] = (action.removeprefix("build-"), seconds)

    def packages(self, result: str) -> list[str]:
        """The packages that ended with that result."""
        return [
            package for (package, test), (ended, _) in self.results.items() if not test and ended == result
        ]

    def blame(self, package: str) -> None:
        """Give a package's failure to the test that took the others with it, where that can be told.

        A panic in a goroutine ends the program before any test has failed, and is printed as the output of
        whichever test spoke last: the stack names the one that began the goroutine.
        """
        output = "".join(self.said.get(package, ()))
        panic = _PANIC.search(output)
        text = output[panic.start() :] if panic else output
        stack = _TEST.search(text) if panic else None
        unfinished = [
            test for each, test in self.begun if each == package and (each, test) not in self.results
        ]
        test = stack[1] if stack else unfinished[0] if len(unfinished) == 1 else ""
        if test:
            self.results[package, test] = ("fail", 0.0)
            self.output[package, test] = [text]


def junit_of_go(events: str) -> bytes:
    """`go test -json`'s events as a JUnit report; a package that does not compile is a failed case."""
    run = _Run()
    for line in events.splitlines():
        run.take(line)
    failed = {package for (package, test), (result, _) in run.results.items() if test and result == "fail"}
    for package in run.packages("fail"):
        if package not in failed:
            run.blame(package)
    tested = {package for package, test in run.results if test}
    failed = {package for (package, test), (result, _) in run.results.items() if test and result == "fail"}
    suite = ET.Element("testsuite", name="go test")
    for (package, test), (result, elapsed) in run.results.items():
        # A package's own line repeats its tests'; where none failed it tells of a build, a start, an end.
        if not test and (result != "fail" or package in failed):
            continue
        name = test or ("package" if package in tested else "build")
        case = ET.SubElement(
            suite, "testcase", classname=xml_text(package), name=xml_text(name), time=f"{elapsed:.3f}"
        )
        if result == "fail":
            text = "".join(run.output.get((package, test), []))
            ET.SubElement(case, "failure", message=_message(text)).text = xml_text(text)
        elif result == "skip":
            ET.SubElement(case, "skipped")
    return bytes(ET.tostring(suite, encoding="utf-8", xml_declaration=True))


def _message(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if line and not line.startswith(("=== ", "--- ", "# "))]
    return xml_text(said[0]) if said else "failed"
