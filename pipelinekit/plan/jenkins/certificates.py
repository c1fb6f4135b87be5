"""The job `platform/certificates`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelinekit.model.jenkins.jobs import CERTIFICATES, PLAN_ONLY, Pipeline
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.rooms import certificates as room

EVERY = "H H * * *"
"""When it runs: once a day, so that what is due is tried again and again before it ends."""


def jobs(platform: Platform, scripts: Mapping[str, str]) -> Iterator[Pipeline]:
    """The job with its script; nothing where the document names no certificates."""
    if not room.has_job(platform):
        return
    yield Pipeline(
        path=CERTIFICATES,
        title="Certificates",
        text="Renews what is due in every cluster; red when one is not as it should be, or is not served.",
        script=scripts.get(CERTIFICATES, ""),
        credentials=room.credentials(platform),
        cron=EVERY,
        parameters=(PLAN_ONLY,),
    )


def notices(platform: Platform) -> Iterator[str]:
    """Why there is no such job although the document names certificates."""
    lacks = room.why_none(platform)
    if platform.certificates and lacks:
        yield f"Jenkins has no job that renews certificates: {lacks}"
