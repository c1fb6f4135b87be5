"""The engine that builds, where the cluster's pods run in it too: asked of both, by the ids of containers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from pipelinekit.adapters.build.buildah import BuildahEngine
from pipelinekit.adapters.build.docker import DockerEngine
from pipelinekit.adapters.cluster.asking import ask
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.model.release import ImageRef
from pipelinekit.plan.draft.sharing import containers, docker_node

SEVERAL = 20
"""How many pods are asked for: any one that runs in the engine will do."""


class ClusterEngine:
    """What builds, and the cluster of a kube context."""

    def __init__(self, engine: DockerEngine | BuildahEngine, env: Mapping[str, str], context: str) -> None:
        self.engine, self.env, self.context = engine, env, context

    def runs_pods(self) -> bool:
        """Whether the cluster's only node runs its containers in the engine: one of them is found there.

        Where either may not be asked, no.
        """
        if not isinstance(self.engine, DockerEngine):
            return False
        # What is no list of nodes or pods says nothing.
        with suppress(AttributeError, KeyError, TypeError):
            if node := docker_node(self._listed(f"/api/v1/nodes?limit={SEVERAL}")):
                chosen = quote(f"spec.nodeName={node},status.phase=Running", safe="")
                pods = self._listed(f"/api/v1/pods?fieldSelector={chosen}&limit={SEVERAL}")
                return self.engine.has_one_of(containers(pods))
        return False

    def keep(self, image_id: str, ref: ImageRef) -> None:
        """Give an image of the engine's the name by which pods find it there."""
        if isinstance(self.engine, DockerEngine):
            self.engine.name(image_id, ref)

    def _listed(self, path: str) -> dict[str, Any]:
        way = ways.to(self.env, self.context)
        told: dict[str, Any] | None = way.found(path) if way else None
        if told is not None:
            return told
        words = ["kubectl", "get", "--raw", path, "--request-timeout", "20s"]
        done = ask([*words, "--context", self.context], self.context, env=self.env)
        try:
            found = {} if done.code else json.loads(done.out)
        except (ValueError, RecursionError):
            found = {}
        return found if isinstance(found, dict) else {}
