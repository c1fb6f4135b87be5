"""What Helm remembers of a release: its revisions, and how to take it away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.adapters.cluster import printed
from pipelinekit.adapters.cluster.asking import ask
from pipelinekit.adapters.cluster.charts import complaints, undo
from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.model.release import Target


class Releases:
    """Of the cluster that a kubeconfig leads to."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def revisions(self, target: Target, most: int) -> list[dict[str, Any]]:
        """The last ones, the newest first, each with `values` as they were given; empty for no release."""
        words = ["helm", "history", target.name, "--max", str(most), "--output", "json", *undo.scope(target)]
        done = ask(words, target.context, env=self.env)
        if done.code and "release: not found" in done.err:
            return []
        if done.code:
            raise complaints.cluster_failed(target, done.reason())
        found = printed.revisions(done.out)
        for each in found:
            number = str(each["revision"])
            words = ["helm", "get", "values", target.name, "--revision", number, "--output", "json"]
            values = ask([*words, *undo.scope(target)], target.context, env=self.env)
            each["values"] = printed.value(values.out or "null") if values.code == 0 else None
        return found[::-1]

    def names(self, target: Target) -> tuple[str, ...]:
        """All releases of the target's namespace."""
        words = ["helm", "list", "--all", "--short", *undo.scope(target)]
        # Helm 4 lists every state anyway and no longer knows the flag.
        done = ask(words, target.context, env=self.env)
        if done.code and "unknown flag" in done.err:
            done = ask([each for each in words if each != "--all"], target.context, env=self.env)
        if done.code:
            raise complaints.cluster_failed(target, done.reason())
        return tuple(done.out.split())

    def remove(self, target: Target, timeout: int) -> bool:
        """Uninstall and wait until all is gone; whether there was anything."""
        words = ["helm", "uninstall", target.name, "--wait", "--timeout", f"{timeout}s"]
        done = process.watch([*words, *undo.scope(target)], env=self.env)
        if done.code and "not found" in done.err:
            return False
        if done.code:
            raise failed("delete-failed", f"helm uninstall: {done.reason()}")
        return True
