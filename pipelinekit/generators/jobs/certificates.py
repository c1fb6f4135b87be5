"""The script of `platform/certificates`: in each cluster what is due is renewed, then all is looked at."""

from __future__ import annotations

from collections.abc import Iterable

from pipelinekit.generators.jobs import script
from pipelinekit.model.jenkins.jobs import CERTIFICATES
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.rooms import certificates as room
from pipelinekit.model.tree import FilePlan


def plan(platform: Platform) -> Iterable[FilePlan]:
    """The script by its job's path; nothing for a platform that has no such job."""
    told = script.inputs(platform)
    if not told or not room.has_job(platform):
        return
    held = room.kubeconfigs(platform)
    yield FilePlan(
        path=CERTIFICATES,
        template="certificates/Jenkinsfile.j2",
        inputs={
            **told,
            "environments": [
                {"name": each.name, "cluster": each.cluster, "kubeconfig": held.get(each.name, "")}
                for each in room.environments(platform)
            ],
        },
    )
