"""What builds of pull requests may do: they are written by anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelinekit.model.release import Revision

if TYPE_CHECKING:
    from pipelinekit.model.platform.document import Platform

ALLOW = "jenkins.pullRequests.commands: true"
"""What a platform says to let them all the same."""


def is_stranger(platform: Platform, revision: Revision) -> bool:
    """Whether what a build says must stay in containers: a pull request's, on an agent that others use next.

    A platform that says nothing of its agents has ones that stay.
    """
    if not revision.pull_request:
        return False
    jenkins = platform.jenkins
    return jenkins is None or (jenkins.agent.stays and not jenkins.commands)
