"""The same jobs as a Job DSL script, for controllers whose jobs come from there."""

from __future__ import annotations

from collections.abc import Iterable

from pipelinekit.generators.configxml import (
    EXCLUDE_BRANCHES_WITH_PULL_REQUEST,
    MERGED_WITH_TARGET,
    repository_url,
)
from pipelinekit.generators.scans import DAY, HOUR, MINUTE
from pipelinekit.model.jenkins.jobs import Folder, GitHub, Job, Multibranch, Pipeline
from pipelinekit.model.tree import FilePlan

TEMPLATE = "jobdsl/jobs.groovy.j2"


def plan(jobs: Iterable[tuple[Job, str]], platform: str) -> FilePlan:
    """One script for jobs and their descriptions, folders first as they come."""
    return FilePlan(
        path="jobs.groovy",
        template=TEMPLATE,
        inputs={"platform": platform, "jobs": [_inputs(job, text) for job, text in jobs]},
    )


def _inputs(job: Job, description: str) -> dict[str, object]:
    common: dict[str, object] = {
        "kind": job.kind,
        "path": job.path,
        "title": job.title,
        "description": description,
    }
    if isinstance(job, Folder):
        return common
    if isinstance(job, Pipeline):
        parameters = [
            {"name": each.name, "text": each.text, "choices": list(each.choices), "tick": each.tick}
            for each in job.parameters
        ]
        return common | {"script": job.script, "parameters": parameters, "cron": job.cron}
    return common | _multibranch(job)


def _multibranch(job: Multibranch) -> dict[str, object]:
    source = job.source
    where = (
        {"owner": source.owner, "repository": source.repository, "url": repository_url(source)}
        if isinstance(source, GitHub)
        else {"remote": source.address}
    )
    return {
        "source": {"id": job.source_id, "credentials": source.credentials, **where},
        "github": isinstance(source, GitHub),
        "branches": int(EXCLUDE_BRANCHES_WITH_PULL_REQUEST),
        "pull_requests": int(MERGED_WITH_TARGET),
        "script_path": job.script,
        "interval": interval(job.scan),
        "keep_days": job.keep_days,
        "keep_branches": job.keep_branches,
    }


def interval(seconds: int) -> str:
    """A scan interval in the largest unit that it is whole in: 1d, 90m."""
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if seconds % unit == 0:
            return f"{seconds // unit}{letter}"
    return f"{seconds}s"
