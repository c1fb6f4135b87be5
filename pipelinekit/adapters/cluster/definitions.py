"""CustomResourceDefinitions through kubectl: applied server-side, never deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.counts import counted
from pipelinekit.errors import refused
from pipelinekit.model.release import Target

Object = Mapping[str, Any]

KIND = "customresourcedefinitions.apiextensions.k8s.io"


class Definitions:
    """The clusters that a set of kubeconfig files reaches."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def definitions(self, target: Target, names: Sequence[str]) -> Mapping[str, Object]:
        """Those of that name that are there. Raises `ToolFailed` when the cluster refuses."""
        if not names:
            return {}
        words = ("get", KIND, *names, "--ignore-not-found", "--output", "json")
        there = answers.objects(target.context, kubectl.check(self.env, target, *words))
        return {each["metadata"]["name"]: each for each in there}

    def known(self, target: Target) -> Sequence[Object]:
        """All that there are; none for an account that may not look."""
        done = kubectl.run(self.env, target, "get", KIND, "--output", "json")
        if done.code and "forbidden" in done.err.lower():
            return ()
        if done.code:
            raise answers.cluster_failed(target.context, done.reason())
        return answers.items(target.context, done.out)

    def define(self, target: Target, definitions: Sequence[Object]) -> None:
        """Apply definitions server-side and wait until they are served."""
        if not definitions:
            return
        listed = {"apiVersion": "v1", "kind": "List", "items": list(definitions)}
        words = (
            "apply",
            "--server-side",
            "--force-conflicts",
            "--field-manager=pipelinekit",
            "--filename",
            "-",
        )
        kubectl.check(self.env, target, *words, stdin=json.dumps(listed))
        names = [f"crd/{each['metadata']['name']}" for each in definitions]
        kubectl.check(self.env, target, "wait", "--for=condition=Established", "--timeout=30s", *names)

    def undefine(self, target: Target, names: Sequence[str]) -> None:
        """Delete definitions that have no objects; raises `Refused`, and deletes none, when one has."""
        there = self.definitions(target, names)
        for name in there:
            words = ("get", name, "--all-namespaces", "--output", "name", "--ignore-not-found")
            objects = kubectl.check(self.env, target, *words).split()
            if objects:
                hint = f"kubectl get {name} --all-namespaces; without them the definition can go"
                raise refused("definition-used", f"{name} has {counted(len(objects), 'object')}", hint=hint)
        if there:
            kubectl.check(self.env, target, "delete", KIND, *there, "--ignore-not-found")
