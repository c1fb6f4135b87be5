"""Evidence: signed statements about exactly these digests, and how old the newest of each type is."""

from __future__ import annotations

from collections.abc import Iterator

from pipelinekit.model.ledger import SKEW, Event
from pipelinekit.model.platform.gates import Evidence
from pipelinekit.model.promotion import Release, Verdict
from pipelinekit.plan.gates.case import Case, closed, opened
from pipelinekit.plan.moment import spoken


def judge(case: Case) -> Iterator[Verdict]:
    """One verdict for each statement that the environment asks for: what the newest of its type says."""
    for each in case.environment.evidence:
        yield _judge(case, each)


def _judge(case: Case, asked: Evidence) -> Verdict:
    given = [
        each
        for each in case.history
        if each.event.kind == "attested"
        and each.event.details.get("type") == asked.type
        and _is_about(each.event, case.release)
        and each.event.at <= case.clock.now + SKEW
    ]
    if not given:
        what = "release" if case.release.is_component else "image"
        return closed("evidence", f"there is no {asked.type} of this {what}")
    # By the order of the chain: what was said last counts, whatever date it bears.
    newest = given[-1]
    age = max(case.clock.now - newest.event.at, 0)
    verdict = str(newest.event.details.get("verdict", ""))
    told = f"{asked.type} by {newest.writer}, {spoken(age)} old: {verdict}"
    if verdict != asked.verdict:
        return closed("evidence", f"{told}; {asked.verdict} is asked for")
    if asked.age and age > asked.age:
        return closed("evidence", f"{told}; it may be {spoken(asked.age)} old")
    return opened("evidence", told)


def _is_about(event: Event, release: Release) -> bool:
    """Whether a statement is of an application's image, or of exactly this release of a component."""
    told = event.digests
    if release.is_component:
        return (told.chart, told.descriptor) == (release.chart_digest, release.descriptor_digest)
    return told.image == release.image.digest
