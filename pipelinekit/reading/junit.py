"""Test reports: JUnit's XML, and what tools without a writer of it say, turned into it."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET
from xml.parsers import expat

from pipelinekit.model.testing import Failure, Totals

MOST_FAILURES = 10_000
"""Failed cases of one report that are kept; whoever has more has another fault."""
LONGEST = 1_000
"""Characters of a name or a reason that are kept."""


def totals_of(xml: bytes) -> Totals:
    """What one JUnit report says; `ValueError` when it is none."""
    cases = _Cases()
    parser = expat.ParserCreate()
    # A text arrives in pieces and attributes whole: what neither is asked for nor bounded is not kept.
    parser.StartElementHandler, parser.EndElementHandler = cases.start, cases.end
    parser.CharacterDataHandler, parser.EntityDeclHandler = cases.text, _no_entities
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error
    return Totals(passed=cases.passed, skipped=cases.skipped, failures=tuple(cases.failures))


def _no_entities(name: str, *_: object) -> None:
    raise ValueError(f"it declares the entity {name[:40]}, and a report has no need of any")


class _Cases:
    """Counts test cases as they go by; of those that failed the reason is kept."""

    def __init__(self) -> None:
        self.passed = self.skipped = 0
        self.failures: list[Failure] = []
        self._depth = 0
        self._case: tuple[int, str] | None = None
        self._wrong: dict[str, str] = {}
        """The message of the case's failure and of its error, where it has one."""
        self._said = ""
        self._in = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if tag == "testcase" and self._case is None:
            parts = (attributes.get("classname"), attributes.get("name"))
            self._case = self._depth, ".".join(part[:LONGEST] for part in parts if part)
            self._wrong, self._in = {}, ""
        elif self._case and self._depth == self._case[0] + 1 and tag not in self._wrong:
            if tag in {"failure", "error"}:
                self._wrong[tag], self._in, self._said = attributes.get("message", "")[:LONGEST], tag, ""
            elif tag == "skipped":
                self._wrong[tag] = ""

    def text(self, data: str) -> None:
        if self._in and len(self._said) < LONGEST:
            self._said += data[:LONGEST]

    def end(self, tag: str) -> None:
        depth, self._depth = self._depth, self._depth - 1
        if self._case is None:
            return
        at, name = self._case
        if self._in == tag and depth == at + 1:
            self._wrong[tag] = (self._wrong[tag] or self._said).strip()
            self._in = ""
        elif depth == at:
            self._case = None
            self._count(name)

    def _count(self, name: str) -> None:
        wrong = next((self._wrong[each] for each in ("failure", "error") if each in self._wrong), None)
        if wrong is not None:
            if len(self.failures) == MOST_FAILURES:
                raise ValueError(f"more than {MOST_FAILURES} test cases failed")
            self.failures.append(Failure(name, wrong.splitlines()[0][:LONGEST] if wrong else "failed"))
        elif "skipped" in self._wrong:
            self.skipped += 1
        else:
            self.passed += 1


_CARGO_CASE = re.compile(r"test (?P<name>.+?)(?: - should panic)? \.\.\. (?P<result>ok|FAILED|ignored)")
_CARGO_SUITE = re.compile(r"\s+(?:Running (?:unittests )?(?P<file>\S+)|Doc-tests (?P<crate>\S+))")
_CARGO_OUTPUT = re.compile(r"---- (?P<name>\S+) stdout ----")


def junit_of_cargo(output: str) -> bytes:
    """`cargo test`'s output as a JUnit report; a program that does not compile is a failed case."""
    suite, place = ET.Element("testsuite", name="cargo test"), ""
    said = _said_by_cargo(output)
    for line in output.splitlines():
        if found := _CARGO_SUITE.match(line):
            place = found["file"] or found["crate"]
        elif found := _CARGO_CASE.match(line):
            case = ET.SubElement(suite, "testcase", classname=place, name=found["name"])
            if found["result"] == "ignored":
                ET.SubElement(case, "skipped")
            elif found["result"] == "FAILED":
                _explain(ET.SubElement(case, "failure"), said.get(found["name"], ""))
    if not len(suite) and (errors := re.findall(r"^error.*$", output, re.MULTILINE)):
        case = ET.SubElement(suite, "testcase", classname="cargo", name="build")
        _explain(ET.SubElement(case, "failure"), f"{errors[0]}\n{output}")
    return bytes(ET.tostring(suite, encoding="utf-8", xml_declaration=True))


def _said_by_cargo(output: str) -> dict[str, str]:
    """What each failed test printed; cargo repeats it after all tests have run."""
    said: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in output.splitlines():
        if found := _CARGO_OUTPUT.match(line):
            current = said.setdefault(found["name"], [])
        elif line in {"failures:", "successes:"} or _CARGO_SUITE.match(line):
            current = None
        elif current is not None:
            current.append(line)
    return {name: "\n".join(lines).strip() for name, lines in said.items()}


_UNITTEST_CASE = re.compile(r"(?P<name>\S+) \((?P<place>[^()\s]+)\)(?P<rest>.*)")
_UNITTEST_NEXT = re.compile(r"(?<= \.\.\. )(?=\S+ \([^()\s]+\)(?: \.\.\. |$))")
_UNITTEST_FAILURE = re.compile(r"(?:ERROR|FAIL): (?P<name>\S+) \((?P<place>[^()\s]+)\)(?P<part>.*)")
_UNITTEST_SKIPPED = re.compile(r"^(?:.* \.\.\. )?skipped ['\"]", re.MULTILINE)
_UNITTEST_UNEXPECTED = re.compile(r"^(?:.* \.\.\. )?unexpected success$", re.MULTILINE)
_UNITTEST_RULES = ("=" * 70, "-" * 70)
_UNITTEST_END = re.compile(r"Ran \d+ tests? in ")


def junit_of_unittest(output: str) -> bytes:
    """What Python's unittest says with `--verbose` as a JUnit report.

    A test passed unless it is said to have failed or been skipped; a run that does not come to its summary
    is a failed case.
    """
    lines = output.splitlines()
    told = lines.index(_UNITTEST_RULES[0]) if _UNITTEST_RULES[0] in lines else len(lines)
    cases, failures = _unittest_cases(lines[:told]), _unittest_failures(lines[told:])
    if not any(map(_UNITTEST_END.match, lines)):
        # The test that was running takes the blame, or, before the first one, the run itself.
        last = list(cases)[-1] if cases else ("unittest", "run")
        said = [line for line in lines if line.strip()]
        cases[last] = ""
        failures.setdefault(last, []).append(("", said[-1] if said else "nothing was said", output))
    suite = ET.Element("testsuite", name="unittest")
    for key in dict.fromkeys((*cases, *failures)):
        rest = cases.get(key, "")
        unexpected = [("", "unexpected success", "")] if _UNITTEST_UNEXPECTED.search(rest) else []
        for part, message, text in failures.get(key) or unexpected or [("", "", "")]:
            case = ET.SubElement(suite, "testcase", classname=xml_text(key[0]), name=xml_text(key[1] + part))
            if message:
                ET.SubElement(case, "failure", message=xml_text(message)).text = xml_text(text)
            elif _UNITTEST_SKIPPED.search(rest):
                ET.SubElement(case, "skipped")
    return bytes(ET.tostring(suite, encoding="utf-8", xml_declaration=True))


def _unittest_cases(lines: list[str]) -> dict[tuple[str, str], str]:
    """What is said of each test from its start to the next one's, by class and name."""
    cases: dict[tuple[str, str], str] = {}
    current = None
    for line, after in pairwise((*lines, "")):
        for piece in _UNITTEST_NEXT.split(line):
            found = _UNITTEST_CASE.fullmatch(piece)
            # A test with a docstring has its dots on the next line.
            if found and (found["rest"].startswith(" ... ") or (not found["rest"] and " ... " in after)):
                current = _unittest_key(found)
                cases.setdefault(current, "")
                piece = found["rest"]
            if current:
                cases[current] += f"{piece}\n"
    return cases


def _unittest_failures(lines: list[str]) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """Subtest, message and text of each failure, by class and name of its test."""
    failures: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for section in "\n".join(lines).split(f"{_UNITTEST_RULES[0]}\n"):
        head, _, text = section.partition(f"{_UNITTEST_RULES[1]}\n")
        found = _UNITTEST_FAILURE.match(head)
        if found:
            text = text.partition(f"\n{_UNITTEST_RULES[1]}\nRan ")[0].strip()
            last = text.rpartition("Traceback (most recent call last):\n")[2]
            reasons = [line for line in last.splitlines() if line.strip() and not line.startswith(" ")]
            reason = reasons[0] if reasons else "failed"
            failures.setdefault(_unittest_key(found), []).append((found["part"], reason, text))
    return failures


def _unittest_key(found: re.Match[str]) -> tuple[str, str]:
    """Class and name; since Python 3.11 the name is behind the class as well."""
    return found["place"].removesuffix(f".{found['name']}"), found["name"]


def _explain(failure: ET.Element, text: str) -> None:
    """A panic names its place in the first line and its reason in the next."""
    failure.text = xml_text(text)
    lines = failure.text.splitlines()
    failure.set("message", next((line for line in lines if "panicked at" not in line), "failed"))


def xml_text(text: str) -> str:
    """`text` without the characters that XML 1.0 cannot hold."""
    return "".join(each for each in text if each in "\t\n\r" or (each >= " " and each not in "\ufffe\uffff"))
