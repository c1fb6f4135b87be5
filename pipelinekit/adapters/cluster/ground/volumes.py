"""Volumes of StatefulSets through kubectl."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.model.release import Target
from pipelinekit.plan.claims import is_made_of

Object = Mapping[str, Any]


class Volumes:
    """The clusters that a set of kubeconfig files reaches."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def claims(self, target: Target, stem: str) -> Sequence[Object]:
        """The claims whose names are `stem`, a hyphen and a number."""
        found = kubectl.listed(self.env, target, "pvc")
        return [each for each in found if is_made_of(each["metadata"]["name"], (stem,))]

    def grows(self, target: Target, storage_class: str) -> bool:
        """Whether volumes of a class can be expanded."""
        found = kubectl.found(self.env, target, "storageclass", storage_class)
        return bool(found and found.get("allowVolumeExpansion"))

    def grow(self, target: Target, claim: str, size: str) -> None:
        """Ask for that size."""
        patch = {"spec": {"resources": {"requests": {"storage": size}}}}
        kubectl.check(self.env, target, "patch", "pvc", claim, "--type=merge", "--patch", json.dumps(patch))

    def let_go(self, target: Target, stateful_set: str) -> None:
        """Delete a StatefulSet and leave its pods; its next one takes them over. Nothing where it is gone."""
        words = ("delete", "statefulset", stateful_set, "--cascade=orphan", "--ignore-not-found")
        kubectl.check(self.env, target, *words)
