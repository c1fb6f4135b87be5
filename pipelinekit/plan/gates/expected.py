"""Whether a plan is the one that somebody names by its digest; if not, which line is another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.model.ledger import Entry
from pipelinekit.model.promotion import Live, Verdict
from pipelinekit.plan.gates.case import Case, closed, opened

LIVE = "live"
VERSIONS, REVISIONS = 20, 50
"""How many of the newest are tried for what ran when a plan was made that nobody has answered."""
UNKNOWN = "which line is another is not known, for nobody has answered that plan"


def judge(case: Case) -> Iterator[Verdict]:
    """Whether it is the plan that whoever promotes expects, where they have said so."""
    expect = case.request.expect
    if not expect:
        return
    if case.plan.digest == expect:
        yield opened("plan", "it is the one that is expected", hard=True)
    else:
        yield closed("plan", told(case.plan.digest, expect, moved(case, expect)), hard=True)


def told(digest: str, expect: str, lines: tuple[str, ...]) -> str:
    """That a plan is another than the expected one, and in which lines."""
    return f"the plan is {digest} now, not {expect} ({'; '.join(lines) or UNKNOWN})"


def moved(case: Case, expect: str) -> tuple[str, ...]:
    """The lines in which the plan is another than the expected one, as far as anybody can tell.

    A digest says nothing of them: those of an answered plan are in the ledger, those of one that was shown
    come with it where they were kept, and what ran there is tried.
    """
    for version, parts in _told(case, expect):
        # Whoever may write could name any digest beside any lines.
        if isinstance(parts, Mapping) and replace(case.plan, version=version, parts=parts).digest == expect:
            lines = case.plan.changed(parts)
            return lines if version == case.plan.version else (f"version: {version} → {case.plan.version}",)
    for text in _earlier(case):
        if replace(case.plan, parts={**case.plan.parts, LIVE: text}).digest == expect:
            return (f"{LIVE}: {text} → {case.plan.parts[LIVE]}",)
    return ()


def _told(case: Case, expect: str) -> Iterator[tuple[str, Any]]:
    """Version and parts of each plan that is said to be the expected one."""
    shown = case.request.shown
    yield str(shown.get("version", "")), shown.get("parts")
    for each in reversed(_here(case)):
        if each.event.plan == expect:
            yield each.event.version, each.event.details.get("parts")


def _earlier(case: Case) -> Iterator[str]:
    """What may have run there before, as a plan says it."""
    now = case.plan.parts.get(LIVE, "").rpartition(" ")[2]
    last = int(now) if now.isdecimal() else 0
    versions = list(dict.fromkeys(each.event.version for each in reversed(_here(case))))[:VERSIONS]
    for version in ("", *versions):
        for revision in range(max(0, last - REVISIONS), last + 1):
            yield str(Live(version=version, revision=revision))


def _here(case: Case) -> list[Entry]:
    return [each for each in case.history if each.event.environment == case.environment.name]
