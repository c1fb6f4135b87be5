"""What clusters run, by kubectl: pods, everything that makes pods, and what Helm would roll back to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.adapters.cluster import answers
from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.model.platform.document import Cluster
from pipelinekit.model.stored import Running

KINDS = "pods,replicasets,deployments,statefulsets,daemonsets,cronjobs,jobs"
CHART_ANNOTATION = "pipelinekit.dev/chart"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Workloads:
    """Clusters as a set of kubeconfig files reaches them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def running(self, cluster: Cluster) -> Running:
        """Every image that a pod has, or that something would start a pod with; every chart that is deployed.

        Raises `ToolFailed` when the cluster does not answer, or does not let us see all of it.
        """
        scope = ["--context", cluster.context] if cluster.context else []
        done = process.run(
            [
                "kubectl",
                "get",
                KINDS,
                "--all-namespaces",
                "--output",
                "json",
                "--request-timeout",
                "60s",
                *scope,
            ],
            env=self.env,
            timeout=120,
        )
        if done.code:
            refusal = answers.refusal(cluster.context, done.reason())
            raise refusal or failed("cluster-unreachable", done.reason())
        return running_of(answers.items(cluster.context, done.out), cluster.name)


def running_of(objects: Sequence[Mapping[str, Any]], cluster: str) -> Running:
    """What those objects run, by digest and by tag."""
    digests: dict[str, str] = {}
    tagged: dict[str, str] = {}
    for each in objects:
        where = f"{cluster} ({each['kind']} {each['metadata']['namespace']}/{each['metadata']['name']})"
        chart = (each["metadata"].get("annotations") or {}).get(CHART_ANNOTATION, "")
        for text in (*_images(each), chart):
            found = _DIGEST.search(text)
            if found:
                digests.setdefault(found[0], where)
            elif text:
                tagged.setdefault(_without_host(text), where)
    return Running(digests=digests, tagged=tagged)


def _images(each: Mapping[str, Any]) -> Iterator[str]:
    """The images of an object's pods, as they were asked for and as they were found."""
    spec = each.get("spec") or {}
    if "jobTemplate" in spec:
        spec = spec["jobTemplate"]["spec"]
    pod = spec.get("template", {}).get("spec") or spec
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for container in pod.get(kind) or ():
            yield str(container.get("image", ""))
    status = each.get("status") or {}
    for kind in ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"):
        for container in status.get(kind) or ():
            yield str(container.get("imageID", ""))


def _without_host(image: str) -> str:
    """`repository:tag`, as a registry names it."""
    head, slash, rest = image.partition("/")
    path = rest if slash and ("." in head or ":" in head or head == "localhost") else image
    return path if ":" in path.rsplit("/", 1)[-1] else f"{path}:latest"
