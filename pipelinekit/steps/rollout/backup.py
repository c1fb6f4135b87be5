"""The backup of what holds data, before it is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.rollout import readiness
from pipelinekit.ports import Releases, Say
from pipelinekit.ports.rollout import Answers, Parts
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.steps.deploying.deployment import RUNNING

NEVER_RAN = "no backup before it: no revision of it has run yet"


def never_ran(target: Target, state: ReleaseState, installed: Releases, parts: Parts) -> bool:
    """Whether there is nothing to back up: no revision was ever whole, and no pod that holds data is ready.

    Helm calls failed what was not ready in time, and it may have begun to serve since. Raises `ToolFailed`
    when the cluster does not answer.
    """
    if state.status == RUNNING or installed.has_run(target):
        return False
    holders = [each for each in readiness.workloads(read_manifest(state.manifest)) if any(_claims(each))]
    # What an operator runs, a release does not show: that is backed up.
    return bool(holders) and not any(_ready(each) for each in parts.there(target, holders))


def back_up(component: Component, target: Target, answers: Answers, say: Say, *, ran: bool) -> None:
    """Run the backup of what holds data before it is changed, if it `ran`; `ToolFailed` when that fails."""
    backup = component.backup
    if backup is None:
        if component.data:
            say(f"holds data ({component.data}) and declares no backup")
        return
    if not ran:
        say(NEVER_RAN)
        return
    say(f"backup by {backup.cronjob}, {backup.timeout} s at most")
    name = answers.back_up(target, backup.cronjob, timeout=backup.timeout)
    say(f"backup {name} is made")


def _claims(workload: Mapping[str, Any]) -> Iterator[object]:
    """The claims of a workload's pods, its own and those that they share."""
    spec = workload.get("spec") or {}
    yield from spec.get("volumeClaimTemplates") or ()
    pod = (spec.get("template") or {}).get("spec") or {}
    yield from (each for each in pod.get("volumes") or () if "persistentVolumeClaim" in each)


def _ready(live: Mapping[str, Any]) -> bool:
    status = live.get("status") or {}
    return any(int(status.get(key) or 0) for key in ("readyReplicas", "availableReplicas", "numberReady"))
