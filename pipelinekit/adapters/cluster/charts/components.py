"""Helm for the platform's components: their CustomResourceDefinitions stay out of the releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelinekit.adapters.cluster import kubectl, leftout
from pipelinekit.adapters.cluster.charts import complaints, contents, helm, undo
from pipelinekit.adapters.running import process
from pipelinekit.model.release import Target
from pipelinekit.plan.claims import is_made_of


class ComponentHelm(helm.Helm):
    """Helm against the clusters of a set of kubeconfig files."""

    def everything(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        """What a chart is with those values, its CustomResourceDefinitions included: YAML documents.

        No cluster is asked. Raises `ToolFailed` with Helm's reason.
        """
        return self._rendered(archive, target, values, "--include-crds")

    def remove(self, target: Target, *, timeout: int) -> bool:
        """Uninstall a release and wait until its objects are gone; whether there was one."""
        options = ["--wait", "--timeout", f"{timeout}s", *undo.scope(target)]
        done = process.watch(["helm", "uninstall", target.name, *options], env=self.env)
        # Told to ignore what is not there, Helm says of it as well that it is uninstalled.
        if done.code and "release: not found" in done.err:
            return False
        if done.code:
            raise complaints.cluster_failed(target, f"helm: {done.reason()}")
        return True

    def drop_volumes(self, target: Target, claims: Sequence[str]) -> Sequence[str]:
        """Delete the volumes of claims whose names begin so, followed by a number; their names."""
        done = kubectl.run(self.env, target, "get", "pvc", "--output", "jsonpath={.items[*].metadata.name}")
        if done.code:
            raise complaints.cluster_failed(target, done.reason())
        mine = [name for name in done.out.split() if is_made_of(name, claims)]
        if mine:
            gone = kubectl.run(self.env, target, "delete", "pvc", *mine, "--wait=false")
            if gone.code:
                raise complaints.cluster_failed(target, gone.reason())
        return mine

    def _left_out(self, archive: Path, scratch: Path) -> tuple[list[str], Mapping[str, str]]:
        with contents.unpacking(archive):
            speaks = leftout.has_definitions(archive)
        if not speaks:
            return ["--skip-crds"], self.env
        if self.owns:
            return ["--skip-crds", "--post-renderer", leftout.NAME], {**self.env, **leftout.plugin(scratch)}
        return ["--skip-crds", "--post-renderer", leftout.program(scratch)], self.env
