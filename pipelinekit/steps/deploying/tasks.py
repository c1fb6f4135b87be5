"""The tasks before a rollout: never two at once, and heard when they fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipelinekit.errors import Fault, ToolFailed, refused
from pipelinekit.model.app import App
from pipelinekit.model.release import Target
from pipelinekit.ports import Releases, Say
from pipelinekit.ports.releases import Tasks

PENDING = "pending-"
GONE = 120.0
"""Seconds that a task which was told to end has until it is gone: more than a pod's grace period."""


def await_earlier(
    app: App,
    target: Target,
    releases: Releases,
    cluster: Tasks,
    *,
    timeout: int,
    say: Say,
    sleep: Callable[[float], None],
) -> None:
    """Return when no task of an earlier deployment runs any more, whose deployer was killed or gave up.

    A task has `timeout` seconds from its beginning, whoever began it; one that takes longer is ended. Raises
    `Refused` when it does not go then. A deployment that is under way is left to Helm, which lets one work.
    """
    told, ended = False, 0.0
    while app.before and (running := [each for each in cluster.tasks(target) if not each.ended]):
        state = releases.state(target)
        if state and state.status.startswith(PENDING):
            return
        pod, until = running[0].name, min(each.made for each in running) + timeout
        if ended and time.time() > ended + GONE:
            raise refused(
                "task-runs",
                f"pod {pod} of an earlier deployment's tasks does not go",
                hint="two tasks must not run at once. Is its node up? Once it is sure that the program has\n"
                f"stopped: {target.kubectl} delete pod {pod} --force",
            )
        if not ended and time.time() >= until:
            say(f"an earlier deployment's task has had its {timeout} s (pod {pod}): ending it")
            cluster.end_tasks(target)
            ended = time.time()
        elif not ended and not told:
            latest = time.strftime("%H:%M:%S", time.localtime(until))
            say(f"an earlier deployment's task still runs (pod {pod}): waiting, until {latest} at the latest")
            told = True
        sleep(1.0)


@contextmanager
def heard(app: App, target: Target, cluster: Tasks) -> Iterator[None]:
    """Put a failed task's last lines in front of the reasons why the deployment within fails."""
    # Pods carry whole seconds, and the cluster's clock may differ a little from ours.
    since = time.time() - 2
    try:
        yield
    except ToolFailed as error:
        # Anything else has its reason already: no task of ours has run.
        ran = app.before and error.faults[0].code in ("deploy-failed", "not-ready")
        pods = cluster.tasks(target) if ran else ()
        failed = [each for each in pods if each.failed and each.made >= since]
        if not failed:
            raise
        words = [
            Fault(
                "task-failed",
                f"{target.environment.name}: task {each.failed} ended with exit code {each.code}",
                hint=cluster.task_lines(target, each.name, each.failed) or "it said nothing",
            )
            for each in failed
        ]
        others = [each for each in error.faults if not any(pod.name in each.problem for pod in failed)]
        raise ToolFailed(*words, *others) from error
