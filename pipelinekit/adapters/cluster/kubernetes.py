"""Kubernetes through kubectl: namespaces, and why pods are not ready."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.adapters import process
from pipelinekit.adapters.cluster import helm
from pipelinekit.adapters.cluster.moments import seconds_of
from pipelinekit.adapters.cluster.tasks import Tasks
from pipelinekit.errors import failed
from pipelinekit.model.release import Target

RESTRICTED = "pod-security.kubernetes.io/enforce=restricted"

_HOPELESS = frozenset(
    ("InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "ImagePullBackOff")
)
_HOPELESS_RESTARTS = 2

Object = Mapping[str, Any]


class Kubernetes(Tasks):
    """Clusters as a set of kubeconfig files reaches them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def version(self) -> str:
        """kubectl's own version, without `v`."""
        answer = json.loads(process.check(["kubectl", "version", "--client", "--output", "json"]))
        return str(answer["clientVersion"]["gitVersion"]).removeprefix("v")

    def current_context(self) -> str:
        """The current kube context, or empty."""
        done = process.run(["kubectl", "config", "current-context"], env=self.env)
        return done.out.strip() if done.code == 0 else ""

    def ping(self, context: str) -> str:
        """The server's version; `ToolFailed` when it does not answer or refuses the credentials."""
        scope = ["--context", context] if context else []
        done = process.run(
            ["kubectl", "version", "--output", "json", "--request-timeout", "10s", *scope],
            env=self.env,
            timeout=30,
        )
        answer = json.loads(done.out) if done.out.strip().startswith("{") else {}
        if done.code or "serverVersion" not in answer:
            raise failed("cluster-unreachable", f"the cluster does not answer: {done.reason()}")
        return str(answer["serverVersion"]["gitVersion"]).removeprefix("v")

    def ensure_namespace(self, target: Target) -> bool:
        """Make the namespace, with restricted Pod Security, unless it is there; whether it was made.

        An account that may not look is taken at its word that somebody else makes namespaces.
        """
        done = self._run(target, "get", "namespace", target.namespace, "--output", "name")
        if done.code == 0 or "forbidden" in done.err.lower():
            return False
        if "NotFound" not in done.err:
            raise helm.cluster_failed(target, done.reason())
        made = self._run(target, "create", "namespace", target.namespace)
        if made.code and "AlreadyExists" not in made.err:
            raise helm.cluster_failed(target, made.reason())
        self._run(target, "label", "namespace", target.namespace, RESTRICTED)
        return True

    def pods(self, target: Target) -> list[Object]:
        """The pods of the target's application, tests and jobs included."""
        return self._items(target, "pods", f"app.kubernetes.io/instance={target.name}")

    def deployments(self, target: Target) -> list[Object]:
        """The target's Deployments."""
        return self._items(target, "deployments", f"app.kubernetes.io/instance={target.name}")

    def ready(self, target: Target, manifest: str) -> bool:
        """Whether everything in the manifest is there, and its Deployments run at their newest."""
        done = self._run(target, "get", "--filename", "-", "--output", "json", stdin=manifest)
        if done.code:
            if "NotFound" in done.err:
                return False
            raise helm.cluster_failed(target, done.reason())
        answer = json.loads(done.out)
        objects = answer["items"] if answer["kind"] == "List" else [answer]
        return all(_is_rolled_out(each) for each in objects if each["kind"] == "Deployment")

    def troubles(self, target: Target, *, since: float = 0) -> tuple[str, ...]:
        """Why the target's pods (those made since then) are not ready, in words; empty when all are."""
        reasons = [text for each in self.pods(target) for text in _pod_troubles(each) if _made(each) >= since]
        if not reasons:
            reasons = [text for each in self.deployments(target) for text in _deployment_troubles(each)]
        return tuple(dict.fromkeys(reasons))

    def hopeless(self, target: Target, *, since: float) -> str:
        """Why waiting for the target is in vain, or empty while there is hope."""
        for pod in self.pods(target):
            if _made(pod) < since:
                continue
            for status in _container_statuses(pod):
                waiting = status.get("state", {}).get("waiting", {})
                restarts = status.get("restartCount", 0)
                crashing = waiting.get("reason") == "CrashLoopBackOff" and restarts >= _HOPELESS_RESTARTS
                if crashing or waiting.get("reason") in _HOPELESS:
                    return "; ".join(_pod_troubles(pod))
        return ""

    def secret_versions(self, target: Target, names: Sequence[str]) -> Mapping[str, str] | None:
        """By name, for those that are there; None where they may not be read. No value leaves kubectl."""
        columns = "custom-columns=:.metadata.name,:.metadata.uid,:.metadata.resourceVersion"
        options = ("--ignore-not-found", "--no-headers", "--output", columns)
        done = self._run(target, "get", "secrets", *names, *options)
        if done.code and "forbidden" in done.err.lower():
            return None
        if done.code:
            raise helm.cluster_failed(target, done.reason())
        found = (line.split() for line in done.out.splitlines() if line.strip())
        return {name: "/".join(version) for name, *version in found}

    def release_labels(self, target: Target, revision: int) -> Mapping[str, str] | None:
        """The labels of Helm's record of a release's revision, or None when there is no such record."""
        done = self._run(
            target, "get", "secret", _record(target, revision), "--output", "jsonpath={.metadata.labels}"
        )
        if done.code:
            return None
        labels: Mapping[str, str] = json.loads(done.out or "{}")
        return labels

    def drop_release(self, target: Target, revision: int) -> None:
        """Delete Helm's record of an abandoned revision, so that the one before it counts again."""
        done = self._run(target, "delete", "secret", _record(target, revision), "--ignore-not-found")
        if done.code:
            raise helm.cluster_failed(target, done.reason())

    def logs(self, target: Target, pod: str) -> str:
        """The last lines of a pod's log, of the crashed container where there is one."""
        for previous in (["--previous"], []):
            done = self._run(target, "logs", pod, "--tail", "5", "--all-containers", *previous)
            if done.code == 0 and done.out.strip():
                return done.out.strip()
        return ""

    def _items(self, target: Target, kind: str, selector: str) -> list[Object]:
        done = self._run(target, "get", kind, "--selector", selector, "--output", "json")
        if done.code:
            raise helm.cluster_failed(target, done.reason())
        items: list[Object] = json.loads(done.out)["items"]
        return items

    def _run(self, target: Target, *arguments: str, stdin: str | None = None) -> process.Completed:
        context = ["--context", target.context] if target.context else []
        return process.run(
            ["kubectl", *arguments, "--namespace", target.namespace, "--request-timeout", "20s", *context],
            env=self.env,
            stdin=stdin,
            timeout=60,
        )


def _record(target: Target, revision: int) -> str:
    return f"sh.helm.release.v1.{target.name}.v{revision}"


def _made(pod: Object) -> float:
    return seconds_of(pod["metadata"]["creationTimestamp"])


def _container_statuses(pod: Object) -> list[Object]:
    status = pod.get("status", {})
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def _is_rolled_out(deployment: Object) -> bool:
    status, wanted = deployment.get("status", {}), deployment["spec"].get("replicas", 1)
    counts = [status.get(each, 0) for each in ("replicas", "updatedReplicas", "availableReplicas")]
    seen: int = status.get("observedGeneration", 0)
    return seen >= int(deployment["metadata"]["generation"]) and counts == [wanted] * 3


def _pod_troubles(pod: Object) -> list[str]:
    name, status = pod["metadata"]["name"], pod.get("status", {})
    if status.get("phase") == "Succeeded" or pod["metadata"].get("deletionTimestamp"):
        return []
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return [f"pod {name} has no node: {condition.get('message', condition.get('reason', ''))}"]
    reasons = []
    for container in _container_statuses(pod):
        state = container.get("state", {})
        waiting, ended = state.get("waiting", {}), state.get("terminated", {})
        last = container.get("lastState", {}).get("terminated", {})
        if waiting.get("reason") not in {None, "ContainerCreating", "PodInitializing"}:
            message = waiting.get("message", "")
            if last:
                message = f"last exit code {last.get('exitCode')} ({last.get('reason', '')})"
            reasons.append(f"pod {name}: {waiting['reason']}: {message}")
        elif ended.get("exitCode"):
            reasons.append(f"pod {name}: {container['name']} ended with exit code {ended['exitCode']}")
        elif state.get("running") and not container.get("ready"):
            reasons.append(f"pod {name}: {container['name']} runs, but is not ready")
    return reasons


def _deployment_troubles(deployment: Object) -> list[str]:
    return [
        f"deployment {deployment['metadata']['name']}: {each.get('message', each.get('reason', ''))}"
        for each in deployment.get("status", {}).get("conditions", [])
        if (each["type"] == "ReplicaFailure" and each["status"] == "True")
        or (each["type"] == "Progressing" and each["status"] == "False")
    ]
