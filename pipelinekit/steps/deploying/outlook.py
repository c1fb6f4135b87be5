"""Before a deployment: what is there, and what stands in the way; asked at once where both will be needed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pipelinekit.model.preflight import Finding
from pipelinekit.ports import Objects, Say
from pipelinekit.steps.deploying.deployment import Found, Prepared, find
from pipelinekit.steps.deploying.preflight import Survey


def look_out(
    prepared: Prepared, found: Found, objects: Objects, survey: Survey | None, say: Say
) -> tuple[Found, Sequence[Finding]]:
    """How the objects of the release in `found` stand, and the survey's findings where something is to do.

    What `found` has of the objects already is not asked again.
    """

    def standing() -> Found:
        return found if found.look else find(prepared.target, found.state, objects, say)

    if not found.differs(prepared.values):
        there = standing()
        return there, survey(prepared) if survey and not there.runs(prepared.values) else ()
    with ThreadPoolExecutor(1) as pool:
        findings = pool.submit(survey, prepared) if survey else None
        return standing(), findings.result() if findings else ()
