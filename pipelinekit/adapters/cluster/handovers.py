"""The Jobs that upgrade controllers, through kubectl."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.adapters.cluster.asking import ask
from pipelinekit.adapters.cluster.objects import APPLY
from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.handover import Kind, Standing
from pipelinekit.plan.rollout.handover import LABEL

Object = Mapping[str, Any]

MANAGER = "pipelinekit-handover"
LINES = 5000
"""Lines of a pod's log that are looked at."""


class HandoverJobs:
    """The clusters that a set of kubeconfig files reaches."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def find(self, target: Target, name: str) -> Standing | None:
        """How the Job of that name stands, or None."""
        there = kubectl.found(self.env, target, "job", name)
        if there is None:
            return None
        ended = [
            f"{each['type']} {each.get('message', '')}".strip()
            for each in there.get("status", {}).get("conditions", ())
            if each["type"] in ("Complete", "Failed") and each["status"] == "True"
        ]
        metadata = there["metadata"]
        return Standing(
            name=name,
            uid=metadata["uid"],
            notes=metadata.get("annotations") or {},
            ended=ended[0] if ended else "",
        )

    def kinds(self, target: Target, objects: Sequence[Object]) -> Mapping[tuple[str, str], Kind]:
        """What the server calls the kinds of these objects; raises `ToolFailed` for one that it lacks."""
        found: dict[tuple[str, str], Kind] = {}
        wanted = {(str(each["apiVersion"]), str(each["kind"])) for each in objects}
        for version in sorted({version for version, _ in wanted}):
            group, _, number = version.rpartition("/")
            path = f"/apis/{version}" if group else f"/api/{number}"
            done = kubectl.run(self.env, target, "get", "--raw", path)
            if done.code and "NotFound" in done.err:
                # A group that nobody has brought: its kinds are missing with it.
                continue
            if done.code:
                raise answers.cluster_failed(target.context, done.reason())
            for each in answers.resources(target.context, done.out):
                key = version, each["kind"]
                if key in wanted and "/" not in each["name"]:
                    found[key] = Kind(
                        group=group, plural=each["name"], namespaced=bool(each.get("namespaced"))
                    )
        for version, kind in sorted(wanted - found.keys()):
            hint = "what brings its definition is to be rolled out first: add that to needs"
            raise failed("kind-missing", f"the cluster knows no {kind} of {version}", hint=hint)
        return found

    def begin(self, target: Target, around: Sequence[Object], job: Object) -> bool:
        """Make what is around a Job, then the Job; False where one of that name has come meanwhile."""
        listed = {"apiVersion": "v1", "kind": "List", "items": list(around)}
        words = [*APPLY, f"--field-manager={MANAGER}"]
        context = ["--context", target.context] if target.context else []
        # Without a namespace of its own: rights may be in several.
        made = ask(["kubectl", *words, *context], target.context, env=self.env, stdin=json.dumps(listed))
        if made.code:
            raise answers.cluster_failed(target.context, made.reason())
        done = kubectl.run(self.env, target, "create", "--filename", "-", stdin=json.dumps(job))
        if done.code and "AlreadyExists" in done.err:
            return False
        if done.code:
            raise answers.cluster_failed(target.context, done.reason())
        return True

    def tidy(self, target: Target, component: str, payload: str) -> None:
        """Delete what earlier Jobs of a component were given; the ConfigMap `payload` stays."""
        which = ("--selector", f"{LABEL}={component}", "--field-selector", f"metadata.name!={payload}")
        kubectl.check(self.env, target, "delete", "configmaps", *which, "--wait=false")

    def clear(self, target: Target, payload: str) -> None:
        """Delete the ConfigMap of what a Job was given, where it is there still."""
        words = ("delete", "configmap", payload, "--ignore-not-found", "--wait=false")
        kubectl.check(self.env, target, *words)

    def drop(self, target: Target, standing: Standing) -> None:
        """Delete that very Job, with its pods, and wait until they are gone."""
        path = f"/apis/batch/v1/namespaces/{target.namespace}/jobs/{standing.name}"
        body = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": "Foreground",
            "preconditions": {"uid": standing.uid},
        }
        words = ("delete", "--raw", path, "--filename", "-")
        done = kubectl.run(self.env, target, *words, stdin=json.dumps(body))
        if done.code and "NotFound" not in done.err and "Conflict" not in done.err:
            raise answers.cluster_failed(target.context, done.reason())
        context = ["--context", target.context] if target.context else []
        gone = ["kubectl", "wait", "--for=delete", f"job/{standing.name}", "--timeout=60s"]
        process.run([*gone, "--namespace", target.namespace, *context], env=self.env, timeout=90)

    def note(self, target: Target, name: str, notes: Mapping[str, str]) -> None:
        """Annotate a Job; an empty text takes a note away."""
        patch = {"metadata": {"annotations": {key: text or None for key, text in notes.items()}}}
        words = ("patch", "job", name, "--type=merge", "--patch", json.dumps(patch))
        kubectl.check(self.env, target, *words)

    def said(self, target: Target, name: str) -> Sequence[tuple[str, Sequence[str]]]:
        """Each pod that the Job has had and that is there, oldest first, with the lines that it has said."""
        selector = f"batch.kubernetes.io/job-name={name}"
        pods = kubectl.listed(self.env, target, "pods", "--selector", selector)
        pods.sort(key=lambda each: str(each["metadata"]["creationTimestamp"]))
        return [(each["metadata"]["name"], self._lines(target, each["metadata"]["name"])) for each in pods]

    def _lines(self, target: Target, pod: str) -> Sequence[str]:
        done = kubectl.run(self.env, target, "logs", pod, "--tail", str(LINES))
        return done.out.splitlines() if done.code == 0 else ()
