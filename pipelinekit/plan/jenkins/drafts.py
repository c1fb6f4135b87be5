"""The folder `draft` and its job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelinekit.model.jenkins.jobs import DRAFTS, PLAN_ONLY, REAP, Folder, Pipeline
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.rooms import drafts as room

EVERY = "H * * * *"
"""When `draft/reap` runs: what is idle or has ended stays for an hour at most."""


def jobs(platform: Platform, scripts: Mapping[str, str]) -> Iterator[Folder | Pipeline]:
    """The folder, then the job with its script; nothing where the document does not ask for it."""
    if not room.has_job(platform):
        return
    held = room.credentials(platform)
    yield Folder(
        path=DRAFTS,
        title="Draft",
        text="What looks after developers' namespaces. Its job is pipelinekit's own, and loads no library.",
        credentials=held,
    )
    yield Pipeline(
        path=REAP,
        title="Reap",
        text="Puts developers' idle namespaces to sleep, and removes those whose day has come.",
        script=scripts.get(REAP, ""),
        credentials=held,
        cron=EVERY,
        parameters=(PLAN_ONLY,),
    )


def notices(platform: Platform) -> Iterator[str]:
    """Why there is no such job although the document asks for it."""
    lacks = room.why_none(platform)
    if platform.drafts and lacks:
        yield f"Jenkins has no job that looks after developers' namespaces: {lacks}"
