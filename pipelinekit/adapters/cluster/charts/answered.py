"""Who answers where Helm finds no release: it takes what it does not understand, as `null`, for none."""

from __future__ import annotations

import time
from collections.abc import Mapping

from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.adapters.cluster.charts.doors import OLD
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.model.release import Target


class Answered:
    """When API servers were last seen to answer, by kube context."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self._seen: dict[str, float] = {}

    def require(self, target: Target) -> None:
        """Raise `ToolFailed` where what answers is no API server; for a while nobody is asked again."""
        now = time.monotonic()
        if now < self._seen.get(target.context, -OLD) + OLD:
            return
        way = ways.to(self.env, target.context)
        if way is None or not way.found("/version"):
            said = kubectl.run(self.env, target, "version")
            answers.require_kubernetes(target.context, said.reason())
        self._seen[target.context] = now
