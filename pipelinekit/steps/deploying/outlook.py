"""Before a deployment: what is there, and what stands in the way; asked at once where both will be needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from pipelinekit.model.ground.preflight import Finding
from pipelinekit.ports import Objects, Say
from pipelinekit.steps.deploying.deployment import Found, Prepared, find
from pipelinekit.steps.deploying.preflight import Survey, with_there

BLINKS = (2.0, 2.0, 2.0)
"""Seconds before each next look at pods of which too few are ready: one that has missed a probe on a busy
node is ready again with the next, and needs no deployment."""


def look_out(
    prepared: Prepared,
    found: Found,
    objects: Objects,
    survey: Survey | None,
    say: Say,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Found, Sequence[Finding]]:
    """How the objects of the release in `found` stand, and the findings that count where something is to do.

    What `found` has of the objects already is not asked again. Where all is as it was installed and only pods
    are not ready, they get a few seconds.
    """

    def standing() -> Found:
        return found if found.look else find(prepared.target, found.state, objects, say)

    if not found.differs(prepared.values):
        there = standing()
        for seconds in BLINKS:
            if not there.blinks(prepared.values):
                break
            sleep(seconds)
            there = find(prepared.target, found.state, objects, say)
        findings = survey(prepared) if survey and not there.runs(prepared.values) else ()
        return there, with_there(findings, there)
    with ThreadPoolExecutor(1) as pool:
        surveyed = pool.submit(survey, prepared) if survey else None
        there = standing()
        return there, with_there(surveyed.result() if surveyed else (), there)
