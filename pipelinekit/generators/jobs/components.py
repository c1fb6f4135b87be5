"""The scripts of `platform/all` and of each component's job: plan, deploy, verify, status."""

from __future__ import annotations

from collections.abc import Iterable

from pipelinekit.generators.jobs import script
from pipelinekit.model.jenkins.jobs import COMPONENTS, component_job
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.rooms import components as room
from pipelinekit.model.tree import FilePlan

SUMMARY = ".pipelinekit-summary"
HOURS = 8


def plan(platform: Platform) -> Iterable[FilePlan]:
    """Each by its job's path; nothing for a platform that has no such jobs."""
    told = script.inputs(platform)
    if not told or not room.has_jobs(platform):
        return
    common = {
        **told,
        "file": SUMMARY,
        "hours": str(HOURS),
        "logins": [
            {"id": each, "user": f"PK_{word}_USER", "password": f"PK_{word}_PASSWORD"}
            for word, each in room.logins(platform).items()
        ],
        "kubeconfigs": [
            {"environment": name, "id": each} for name, each in room.kubeconfigs(platform).items()
        ],
    }
    yield FilePlan(path=COMPONENTS, template="rollout/Jenkinsfile.j2", inputs={"component": "", **common})
    for name in room.names(platform):
        yield FilePlan(
            path=component_job(name), template="rollout/Jenkinsfile.j2", inputs={"component": name, **common}
        )
