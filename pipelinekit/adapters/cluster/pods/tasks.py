"""The tasks before a rollout, by kubectl: their pods, their end, and what they said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.model.release import Target, TaskPod
from pipelinekit.plan.moment import seconds_of

COMPONENT = "before.job"
"""What the chart calls them."""
LINES = 10
"""How many lines are the last ones."""


class Tasks:
    """Part of a cluster's adapter, which knows the kubeconfig files."""

    env: Mapping[str, str]

    def tasks(self, target: Target) -> tuple[TaskPod, ...]:
        """The pods of the target's tasks, those of earlier deployments included."""
        return tuple(map(task_pod, kubectl.listed(self.env, target, "pods", "--selector", _selector(target))))

    def end_tasks(self, target: Target) -> None:
        """Delete their Jobs; the pods go as soon as their programs have stopped."""
        options = ("--cascade=foreground", "--wait=false", "--ignore-not-found")
        kubectl.check(self.env, target, "delete", "jobs", "--selector", _selector(target), *options)

    def task_lines(self, target: Target, pod: str, container: str) -> str:
        """The end of a container's log, or empty when there is none (any more)."""
        done = kubectl.run(self.env, target, "logs", pod, "--container", container, "--tail", str(LINES))
        return done.out.strip() if done.code == 0 else ""


def _selector(target: Target) -> str:
    return f"app.kubernetes.io/instance={target.name},app.kubernetes.io/component={COMPONENT}"


def task_pod(pod: Mapping[str, Any]) -> TaskPod:
    """A pod as Kubernetes describes it."""
    status = pod.get("status", {})
    failed, code = "", 0
    for each in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
        ended = each.get("state", {}).get("terminated", {})
        if ended.get("exitCode"):
            failed, code = each["name"], ended["exitCode"]
            break
    return TaskPod(
        name=pod["metadata"]["name"],
        made=float(seconds_of(pod["metadata"]["creationTimestamp"]) or 0),
        ended=status.get("phase") in ("Succeeded", "Failed"),
        failed=failed,
        code=code,
    )
