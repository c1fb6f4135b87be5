"""`post-deploy` after an `up`: once for each build, however the `up` that brought it has ended."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from pipelinekit.errors import ToolFailed
from pipelinekit.model.draft import BUILD_ID
from pipelinekit.steps.innerloop import tasks

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.release import ReleaseState, Target
    from pipelinekit.ports import Say


def expect(here: Draft, target: Target, build: str, state: ReleaseState | None) -> None:
    """Note, before it is installed, the tasks of a build that is new: we may be ended right after that."""
    if here.tasks.post_deploy and (state is None or state.values.get(BUILD_ID) != build):
        _owe(here, target, build)


def run(here: Draft, target: Target, build: str, say: Say, *, revised: bool) -> None:
    """Run `post-deploy` in the pods of this build where that is new, or where its tasks have not ended well.

    Raises `ToolFailed` with the task that failed; the next `up` begins them again.
    """
    if not (revised or here.home.owed(where_of(target)) == build):
        return
    if here.tasks.post_deploy:
        _owe(here, target, build)
        tasks.run_in_pods(here.tasks.post_deploy, target, build, here.pods, dict(os.environ), say)
    here.home.settle(where_of(target))


def _owe(here: Draft, target: Target, build: str) -> None:
    # A home that cannot be written to costs the second try alone.
    with suppress(ToolFailed):
        here.home.owe(where_of(target), build)


def where_of(target: Target) -> str:
    """What a copy is called in the developer's home: `CLUSTER/NAMESPACE/NAME`."""
    # A context may be called anything, and be longer than a file's name.
    cluster = hashlib.sha256(target.context.encode(errors="backslashreplace")).hexdigest()[:16]
    return f"{cluster}/{target.namespace}/{target.name}"
