"""What the containers of a pod are waiting for, or died of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.troubles.probes import failing_probe
from pipelinekit.plan.troubles.pulls import pull_trouble

Object = Mapping[str, Any]

COMING = 60
"""Seconds in which a Secret, a ConfigMap or a volume may come."""

NODE = 180
"""Seconds in which a cluster may find or start a node with room."""

CRASHES = 2
"""Restarts after which a container that crashes is not expected to recover."""

_PULLING = frozenset(("ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"))
_NEVER = frozenset(("InvalidImageName", "ErrImageNeverPull"))
_STARTING = frozenset((None, "ContainerCreating", "PodInitializing"))
_MISSING = re.compile(r'(secret|configmap) "([^"]+)" not found', re.IGNORECASE)
_NO_KEY = re.compile(r"couldn't find key (\S+) in (Secret|ConfigMap) [^/\s]+/(\S+)")
_NO_MOUNTED_KEY = re.compile(r"references non-existent (secret|config) key: (\S+)")
_NO_PROGRAM = re.compile(r"executable file not found|no such file or directory|permission denied")
_UID = re.compile(r' \(pod: "[^"]*", container: [^)]*\)')


def pod_troubles(pod: Object, events: Sequence[Object]) -> list[Trouble]:
    """Why a pod is not ready; `events` are those about it, oldest first."""
    status, subject = pod.get("status", {}), f"pod {pod['metadata']['name']}"
    if status.get("phase") == "Succeeded" or pod["metadata"].get("deletionTimestamp"):
        return []
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            words = condition.get("message", condition.get("reason", ""))
            return [_waits(subject, f"no node: {words}", "a node", NODE)]
    found = [trouble for each in statuses(pod) for trouble in _container(pod, each, events, subject)]
    return found or _mounting(pod, events, subject)


def statuses(pod: Object) -> list[Object]:
    """The status of each container, those that run first in front."""
    status = pod.get("status", {})
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def _container(pod: Object, status: Object, events: Sequence[Object], subject: str) -> Iterator[Trouble]:
    state, name, restarts = status.get("state", {}), status["name"], status.get("restartCount", 0)
    waiting, ended = state.get("waiting", {}), state.get("terminated", {})
    last = status.get("lastState", {}).get("terminated", {})
    probe = failing_probe(pod, name, events)
    reason = waiting.get("reason")
    if ended.get("exitCode") or (reason == "CrashLoopBackOff" and last):
        final = reason == "CrashLoopBackOff" and restarts >= CRASHES
        words = _death(ended if ended.get("exitCode") else last, name, probe)
        yield Trouble(subject=subject, problem=words, final=final, container=name, restarts=restarts)
    elif reason not in _STARTING:
        yield _waiting(pod, status, waiting, events, subject)
    elif "running" in state and not status.get("ready") and not _is_init(pod, name):
        said = f"runs, but is not ready{f': {probe}' if probe else ''}"
        yield Trouble(subject=subject, problem=f"{name} {said}", starting=not restarts)


def _waiting(pod: Object, status: Object, waiting: Object, events: Sequence[Object], subject: str) -> Trouble:
    reason, message = str(waiting["reason"]), _UID.sub("", str(waiting.get("message", "")))
    if reason in _PULLING:
        return pull_trouble(pod, status, message, events, subject)
    known = _reference(subject, f"{status['name']} cannot start: ", message)
    if known:
        return known
    final = reason in _NEVER or "runAsNonRoot" in message or bool(_NO_PROGRAM.search(message))
    words = f"{status['name']} cannot start: {reason}: {message}"
    if final:
        return Trouble(subject=subject, problem=words, final=True)
    return _waits(subject, words, f"container {status['name']}", COMING)


def _mounting(pod: Object, events: Sequence[Object], subject: str) -> list[Trouble]:
    """Volumes that cannot be had: only events tell, and only the last one is true now."""
    failures = [each for each in events if each.get("reason") in ("FailedMount", "FailedAttachVolume")]
    if not failures or pod.get("status", {}).get("phase") != "Pending":
        return []
    message = str(failures[-1].get("message", ""))
    known = _reference(subject, "", message)
    return [known or _waits(subject, message, "a volume", COMING)]


def _reference(subject: str, words: str, message: str) -> Trouble | None:
    """A Secret or ConfigMap that is not there may come; one without the key is as its owner wants it."""
    missing = _MISSING.search(message)
    if missing:
        what = f"{missing[1].lower()} {missing[2]}"
        return _waits(subject, f"{words}{what} is not there", what, COMING)
    lacking = _NO_KEY.search(message)
    if lacking:
        what = f"{lacking[2].lower()} {lacking[3]}"
        return _keyless(subject, f"{words}{what} has no key '{lacking[1]}'", what)
    mounted = _NO_MOUNTED_KEY.search(message)
    if mounted:
        return Trouble(subject=subject, problem=f"{words}{message}", final=True)
    return None


def _keyless(subject: str, problem: str, what: str) -> Trouble:
    return Trouble(subject=subject, problem=problem, final=True, awaited=what, patience=COMING)


def _death(ended: Object, name: str, probe: str) -> str:
    code, reason = ended.get("exitCode"), ended.get("reason", "")
    if reason == "OOMKilled":
        return f"{name} was killed: it needs more memory than its limit (OOMKilled)"
    if probe and code in (137, 143):
        return f"{name} was stopped: {probe}"
    more = f" ({reason})" if reason not in ("", "Error") else ""
    message = str(ended.get("message", "")).rpartition("unable to start container process: ")[2]
    return f"{name} ended with exit code {code}{more}" + (f": {message[:300].strip()}" if message else "")


def _is_init(pod: Object, name: str) -> bool:
    return any(each["name"] == name for each in pod["spec"].get("initContainers", []))


def _waits(subject: str, problem: str, awaited: str, patience: int) -> Trouble:
    return Trouble(subject=subject, problem=problem, awaited=awaited, patience=patience)
