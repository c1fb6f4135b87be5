"""Pods of an inner loop's release: found by Draft's label, entered by kubectl."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.model.draft import BUILD_ID, DRAFT, Pod
from pipelinekit.model.release import Target
from pipelinekit.plan.draft.debug import PORT
from pipelinekit.plan.sync.values import SOURCES
from pipelinekit.ports import Say

_MISSING = re.compile(r'error: .*container not found \("[^"]*"\)')
_PATIENCE = 5.0  # seconds
_PAUSE = 0.25  # seconds


class ReleasePods:
    """Those of the cluster that a kubeconfig leads to."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def pods(self, target: Target) -> tuple[Pod, ...]:
        """Those of the target's release by Draft's label, the newest first."""
        listed = kubectl.listed(self.env, target, "pods", "--selector", f"{DRAFT}={target.name}")
        found = [_pod(each) for each in listed]
        return tuple(sorted(found, key=lambda each: (each.made, each.name), reverse=True))

    def execute(self, target: Target, pod: str, words: Sequence[str], say: Say) -> None:
        """Run a command in a pod's first container; raises `ToolFailed` when it fails.

        A kubelet may not find the container of a pod that has just become ready: it is asked again for five
        seconds. What the command itself says is nothing of that kind.
        """
        scope = ["--namespace", target.namespace, "--context", target.context]
        argv = ["kubectl", "exec", pod, *scope, "--", *words]
        until = time.monotonic() + _PATIENCE
        while (done := process.watch(argv, env=self.env, line=_unless_missing(say))).code:
            # A command that has run is spoken of in kubectl's last line.
            last = done.err.rstrip().rpartition("\n")[2]
            if not _MISSING.fullmatch(last) or done.out or time.monotonic() > until:
                break
            time.sleep(_PAUSE)
        if done.code:
            # Not its words: a developer's variables are in them.
            raise failed("task-failed", f"in pod {pod}: {done.reason()}")


def _unless_missing(say: Say) -> Say:
    return lambda text: None if _MISSING.fullmatch(text.strip()) else say(text)


def _pod(found: Mapping[str, Any]) -> Pod:
    metadata, status = found["metadata"], found.get("status", {})
    conditions = status.get("conditions") or ()
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    restarts = {each["name"]: int(each["restartCount"]) for each in status.get("containerStatuses") or ()}
    ports = {
        # Others than TCP's nobody can forward, and the rest would not be forwarded with one.
        each["name"]: tuple(
            int(port["containerPort"])
            for port in each.get("ports") or ()
            if port.get("protocol", "TCP") == "TCP"
        )
        for each in found["spec"]["containers"]
    }
    synced = [
        each["name"]
        for each in found["spec"]["containers"]
        if any(mount["name"] == SOURCES for mount in each.get("volumeMounts") or ())
    ]
    return Pod(
        name=metadata["name"],
        build=(metadata.get("annotations") or {}).get(BUILD_ID, ""),
        made=metadata["creationTimestamp"],
        ready=ready,
        going="deletionTimestamp" in metadata,
        ports=ports,
        restarts=restarts,
        synced=tuple(synced),
        debug=tuple(
            int(port["containerPort"])
            for each in found["spec"]["containers"]
            for port in each.get("ports") or ()
            if port.get("name") == PORT
        ),
    )
