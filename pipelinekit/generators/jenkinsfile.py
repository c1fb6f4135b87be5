"""The Jenkinsfile: thin, Declarative, and without the name of any environment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipelinekit.model.app import App
from pipelinekit.model.platform import AgentPod
from pipelinekit.model.site import Site
from pipelinekit.model.tree import FilePlan

Arguments = dict[str, str | bool | list[str]]


def plan(app: App, site: Site) -> Iterable[FilePlan]:
    """One Jenkinsfile, in the application's folder."""
    del app
    folder = "" if site.path == "." else site.path.strip("/") + "/"
    pod = site.agent.pod
    yield FilePlan(
        path="Jenkinsfile",
        template="jenkinsfile/Jenkinsfile.j2",
        inputs={
            "library": f"pipelinekit@v{site.library}",
            "label": site.agent.label,
            "pod": {"namespace": pod.namespace, "manifest": pod_manifest(pod)} if pod else None,
            "branch": site.branch,
            "steps": step_arguments(site),
            "reports": f"{folder}.pipelinekit/reports/*.xml",
            "receipts": f"{folder}.pipelinekit/receipts/*.json",
        },
    )


def step_arguments(site: Site) -> dict[str, Arguments]:
    """Each verb's arguments; one that ends in `CredentialsId(s)` is bound, and not passed on."""
    path: Arguments = {} if site.path == "." else {"path": site.path}
    registry: Arguments = (
        {"registryCredentialsId": site.registry_credentials} if site.registry_credentials else {}
    )
    charts: Arguments = {"chartsCredentialsId": site.charts_credentials} if site.charts_credentials else {}
    kube: Arguments = {"kubeCredentialsIds": list(site.kube_credentials)} if site.kube_credentials else {}
    return {
        "test": path,
        "build": path,
        "push": path | registry,
        "package": path | registry,
        "publish": path | charts,
        "deploy": path | {"automatic": True} | charts | kube,
        "verify": path | {"automatic": True} | kube,
    }


def pod_manifest(pod: AgentPod) -> dict[str, Any]:
    """The agent pod: one container that waits for the pipeline's commands."""
    container: dict[str, Any] = {
        "name": "pipelinekit",
        "image": pod.image,
        "command": ["sleep"],
        "args": ["infinity"],
    }
    return {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}}
