"""Pods, what makes them, and what a cluster says about both: read by kubectl, judged by `plan.troubles`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.adapters.cluster.direct import objects as direct
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.adapters.cluster.direct.way import Way
from pipelinekit.adapters.cluster.ground.settling import ENDING
from pipelinekit.errors import failed
from pipelinekit.model.release import Target
from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.deploying import ending
from pipelinekit.plan.troubles import troubles_of

KINDS = "pods,replicasets,deployments,statefulsets,daemonsets,jobs"

LINES = 10
"""How much of a log is shown."""

_TAKEN = "unable to retrieve container logs for "
"""What a node says in place of the log of a container that it has cleared away."""

WIDTH = 300
"""Characters of each of its lines that are shown."""

Object = Mapping[str, Any]


_EACH = (
    ("v1", "Pod", "pods"),
    ("apps/v1", "ReplicaSet", "replicasets"),
    ("apps/v1", "Deployment", "deployments"),
    ("apps/v1", "StatefulSet", "statefulsets"),
    ("apps/v1", "DaemonSet", "daemonsets"),
    ("batch/v1", "Job", "jobs"),
)


class Pods:
    """Pods of the clusters that a set of kubeconfig files reaches."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def troubles(self, target: Target, *, since: float = 0, kept: bool = False) -> tuple[Trouble, ...]:
        """Why the target's pods (those made since then, and those that stay) are not ready.

        Raises `ToolFailed` when the pods may not be seen, and when their namespace goes or has gone: nothing
        gets ready in it. What else may not be seen is done without.
        """
        selector = f"app.kubernetes.io/instance={target.name}"
        way = ways.to(self.env, target.context)
        told = _told(way, target, selector) if way else None
        if told is not None:
            self._require_place(target, told[0])
            found = troubles_of(*told, since, kept=kept)
            return tuple(self._unless_kept(target, each) for each in found)
        with ThreadPoolExecutor(1) as beside:
            events = beside.submit(self._items, target, "events", "--field-selector", "type=Warning")
            objects = self._items(target, KINDS, "--selector", selector)
            self._require_place(target, objects)
            found = troubles_of(objects, events.result(), since, kept=kept)
        return tuple(self._unless_kept(target, each) for each in found)

    def _require_place(self, target: Target, objects: Sequence[Object]) -> None:
        # A rollout takes the old ones away while new ones come: what goes with its namespace goes whole.
        pods = (each["metadata"] for each in objects if each["kind"] == "Pod")
        if any("deletionTimestamp" not in each for each in pods):
            return
        words = ("get", "namespace", target.namespace, "--output", "jsonpath={.status.phase}")
        done = kubectl.run(self.env, target, *words)
        problem, hint = ending.of_namespace(target.namespace)
        if done.code == 0 and done.out.strip() == ENDING:
            raise failed("namespace-going", problem, hint=hint)
        if done.code and "(NotFound)" in done.err:
            problem = f"somebody has deleted namespace {target.namespace}, and all that was in it"
            raise failed("namespace-going", problem, hint="run it again: the namespace is made anew")

    def last_lines(self, target: Target, trouble: Trouble) -> tuple[str, ...]:
        """The last lines of the log of the container in trouble: of the one that died, where one did."""
        pod = trouble.subject.removeprefix("pod ")
        words = ["logs", pod, "--container", trouble.container, "--tail", str(LINES)]
        for previous in (["--previous"], []):
            done = kubectl.run(self.env, target, *words, *previous)
            lines = [line[:WIDTH] for line in done.out.splitlines() if line.strip()]
            if done.code == 0 and lines and not lines[0].startswith(_TAKEN):
                return tuple(lines[-LINES:])
        return ()

    def free(self, target: Target, pod: str) -> str:
        """Delete a pod that nothing else replaces; why it could not be done, or empty."""
        done = kubectl.run(self.env, target, "delete", "pod", pod, "--wait=false", "--ignore-not-found")
        return done.reason() if done.code else ""

    def _unless_kept(self, target: Target, trouble: Trouble) -> Trouble:
        """What is final is still awaited where something in the cluster keeps the object that lacks it."""
        if not (trouble.final and trouble.awaited):
            return trouble
        kind, _, name = trouble.awaited.partition(" ")
        owners = "jsonpath={.metadata.ownerReferences[*].kind}"
        done = kubectl.run(self.env, target, "get", kind, name, "--output", owners)
        return replace(trouble, final=False) if done.code == 0 and done.out.strip() else trouble

    def _items(self, target: Target, kinds: str, *selection: str) -> Sequence[Object]:
        done = kubectl.run(self.env, target, "get", kinds, *selection, "--output", "json")
        if done.code and "forbidden" not in done.err.lower():
            raise answers.cluster_failed(target.context, done.reason())
        if done.code and "pods is forbidden" in done.err:
            raise answers.cluster_failed(target.context, done.reason())
        # Of several kinds one may be forbidden: the others are told all the same.
        return answers.items(target.context, done.out) if done.out.strip() or not done.code else ()


def _told(way: Way, target: Target, selector: str) -> tuple[Sequence[Object], Sequence[Object]] | None:
    """The target's objects and all warnings, where the server tells each of them."""
    found: list[Object] = []
    for each in _EACH:
        some = direct.listed(way, *each, target.namespace, labelSelector=selector)
        if some is None:
            return None
        found += some
    events = direct.listed(way, "v1", "Event", "events", target.namespace, fieldSelector="type=Warning")
    return None if events is None else (found, events)
