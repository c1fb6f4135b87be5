"""The script of `draft/reap`: what would be done to developers' namespaces, and doing it."""

from __future__ import annotations

from collections.abc import Iterable

from pipelinekit.generators.jobs import script
from pipelinekit.model.jenkins.jobs import REAP
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.rooms import drafts as room
from pipelinekit.model.tree import FilePlan


def plan(platform: Platform) -> Iterable[FilePlan]:
    """The script by its job's path; nothing for a platform that has no such job."""
    told = script.inputs(platform)
    if not told or not room.has_job(platform):
        return
    yield FilePlan(
        path=REAP,
        template="reap/Jenkinsfile.j2",
        inputs={**told, "kubeconfig": room.kubeconfig(platform)},
    )
