"""Is this checkout the application that it says it is? A pipeline needs a yes; a terminal is told."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from pipelinekit.cli.output import report
from pipelinekit.errors import Refused

if TYPE_CHECKING:
    from pipelinekit.model.app import App
    from pipelinekit.model.platform.document import Platform
    from pipelinekit.model.release import Revision

PIPELINE = ("PK_CONTRACT", "BRANCH_NAME", "JENKINS_URL")
"""What the shared library, a multibranch project and a controller's agent leave in the environment."""


def in_pipeline() -> bool:
    """Whether this is a build of Jenkins."""
    return any(os.environ.get(each) for each in PIPELINE)


def check(app: App, revision: Revision, platform: Platform) -> None:
    """Raise `Refused` in a pipeline whose repository is not registered as this application."""
    from pipelinekit.plan.identity import stranger

    fault = stranger(app, revision.source, platform, revision.folder)
    if fault is None:
        return
    if in_pipeline():
        raise Refused(fault)
    _tell(f"{fault}; a pipeline is refused here ({fault.hint})")


@cache
def _tell(text: str) -> None:
    # Once a process: `run` calls every verb in one.
    report.notice(text)
