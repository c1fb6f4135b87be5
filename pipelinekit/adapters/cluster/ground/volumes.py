"""Volumes of StatefulSets through kubectl."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.adapters import process
from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.model.release import Target
from pipelinekit.plan.claims import is_made_of

Object = Mapping[str, Any]


class Volumes:
    """The clusters that a set of kubeconfig files reaches."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def claims(self, target: Target, stem: str) -> Sequence[Object]:
        """The claims whose names are `stem`, a hyphen and a number."""
        found = answers.items(target.context, self._run(target, "get", "pvc", "--output", "json").out)
        return [each for each in found if is_made_of(each["metadata"]["name"], (stem,))]

    def grows(self, target: Target, storage_class: str) -> bool:
        """Whether volumes of a class can be expanded."""
        words = ("get", "storageclass", storage_class, "--ignore-not-found", "--output", "json")
        text = self._run(target, *words).out
        return bool(text.strip() and answers.document(target.context, text).get("allowVolumeExpansion"))

    def grow(self, target: Target, claim: str, size: str) -> None:
        """Ask for that size."""
        patch = {"spec": {"resources": {"requests": {"storage": size}}}}
        self._run(target, "patch", "pvc", claim, "--type=merge", "--patch", json.dumps(patch))

    def let_go(self, target: Target, stateful_set: str) -> None:
        """Delete a StatefulSet and leave its pods; its next one takes them over. Nothing where it is gone."""
        self._run(target, "delete", "statefulset", stateful_set, "--cascade=orphan", "--ignore-not-found")

    def _run(self, target: Target, *arguments: str) -> process.Completed:
        done = kubectl.run(self.env, target, *arguments)
        if done.code:
            raise answers.cluster_failed(target.context, done.reason())
        return done
