from __future__ import annotations

from pipelinekit.generators.agentpod import CONTAINER, pod_manifest
from pipelinekit.model.platform import AgentPod


def test_an_agent_pod_waits_for_commands() -> None:
    manifest = pod_manifest(AgentPod(namespace="agents", image="a:1"))
    (container,) = manifest["spec"]["containers"]
    assert (container["name"], container["image"]) == (CONTAINER, "a:1")
    assert [*container["command"], *container["args"]] == ["sleep", "infinity"]
