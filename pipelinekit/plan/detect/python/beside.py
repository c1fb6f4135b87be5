"""What a Python program wants to run beside it: who does its queue's jobs, and who makes its tables."""

from __future__ import annotations

import re

from pipelinekit.plan.detect.python.django import manager
from pipelinekit.plan.detect.python.project import Project, has
from pipelinekit.plan.detect.signs import JOBS, MIGRATES, Detected, Texts

_QUEUES = ("celery", "dramatiq", "rq", "huey", "arq")
_MIGRATION = re.compile(r"(?:^|/)migrations/\d{4}_\w+\.py$")


def around(texts: Texts, project: Project, found: Detected) -> Detected:
    """The same with a doubt for each."""
    queue = next((each for each in _QUEUES if has(project, each)), "")
    if queue and found.server:
        found = found.doubting(f"{queue}: {JOBS}")
    manage = manager(texts)
    migration = min((each for each in texts if _MIGRATION.search(each)), default="") if manage else ""
    if migration:
        folder = migration.rpartition("/")[0]
        return found.doubting(f"{folder}: {MIGRATES} [python, {manage}, migrate]}}")
    if "alembic.ini" in texts:
        return found.doubting(f"alembic.ini: {MIGRATES} [alembic, upgrade, head]}}")
    return found
