"""The tasks before a rollout: never two at once, and heard when they fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterator
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
) -> frozenset[str]:
    """Return when no task of an earlier deployment runs any more, whose deployer was killed or gave up.

    A task has `timeout` seconds from its beginning, whoever began it; one that takes longer is ended. Raises
    `Refused` when it does not go then. A deployment that is under way is left to Helm, which lets one work.
    The names of the pods that are there still.
    """
    told, ended = False, 0.0
    due: dict[str, float] = {}
    while app.before:
        pods = cluster.tasks(target)
        there = frozenset(each.name for each in pods)
        running = [each for each in pods if not each.ended]
        if not running:
            return there
        state = releases.state(target)
        if state and state.status.startswith(PENDING):
            return there
        now = time.monotonic()
        for each in running:
            if each.name not in due:
                # How old it is, only its cluster's clock tells.
                left = each.made + timeout - (cluster.now(target) or time.time())
                due[each.name] = now + min(left, timeout)
        pod, until = running[0].name, min(due[each.name] for each in running)
        if ended and now > ended + GONE:
            raise refused(
                "task-runs",
                f"pod {pod} of an earlier deployment's tasks does not go",
                hint="two tasks must not run at once. Is its node up? Once it is sure that the program has\n"
                f"stopped: {target.kubectl} delete pod {pod} --force",
            )
        if not ended and now >= until:
            say(f"an earlier deployment's task has had its {timeout} s (pod {pod}): ending it")
            cluster.end_tasks(target)
            ended = time.monotonic()
        elif not ended and not told:
            latest = time.strftime("%H:%M:%S", time.localtime(time.time() + until - now))
            say(f"an earlier deployment's task still runs (pod {pod}): waiting, until {latest} at the latest")
            told = True
        sleep(1.0)
    return frozenset()


@contextmanager
def heard(app: App, target: Target, cluster: Tasks, earlier: Container[str] = ()) -> Iterator[None]:
    """Put a failed task's last lines in front of the reasons why the deployment within fails.

    `earlier` has the names of pods that were there before: when one was made tells the cluster's clock only.
    """
    try:
        yield
    except ToolFailed as error:
        # Anything else has its reason already: no task of ours has run.
        ran = app.before and error.faults[0].code in ("deploy-failed", "not-ready")
        pods = cluster.tasks(target) if ran else ()
        failed = [each for each in pods if each.failed and each.name not in earlier]
        if not failed:
            raise
        words = [
            Fault(
                "task-failed",
                f"{target.place}: task {each.failed} ended with exit code {each.code}",
                hint=cluster.task_lines(target, each.name, each.failed) or "it said nothing",
            )
            for each in failed
        ]
        others = [each for each in error.faults if not any(pod.name in each.problem for pod in failed)]
        raise ToolFailed(*words, *others) from error
