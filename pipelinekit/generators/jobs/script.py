"""What each script of these jobs is told: where it runs, and which repository has the platform."""

from __future__ import annotations

from typing import Any

from pipelinekit.generators.agentpod import pod_manifest
from pipelinekit.generators.seed import CONTRACT, remote_of
from pipelinekit.model.platform.document import Platform


def inputs(platform: Platform) -> dict[str, Any]:
    """For a template; empty where the document names no Jenkins, or none with the platform's repository."""
    if platform.jenkins is None or platform.jenkins.source is None:
        return {}
    source, agent = platform.jenkins.source, platform.jenkins.agent
    pod = agent.pod
    return {
        "label": agent.label,
        "pod": {"namespace": pod.namespace, "manifest": pod_manifest(pod)} if pod else None,
        "remote": remote_of(source),
        "branch": source.branch,
        "platform": source.path,
        "contract": str(CONTRACT),
    }
