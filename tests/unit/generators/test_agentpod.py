from __future__ import annotations

from pipelinekit.generators.agentpod import CONTAINER, pod_manifest
from pipelinekit.model.jenkins.agent import AgentPod


def test_an_agent_pod_waits_for_commands() -> None:
    manifest = pod_manifest(AgentPod(namespace="agents", image="a:1"))
    (container,) = manifest["spec"]["containers"]
    assert (container["name"], container["image"]) == (CONTAINER, "a:1")
    assert [*container["command"], *container["args"]] == ["sleep", "infinity"]


def test_an_agent_pod_may_what_a_build_needs_and_no_more() -> None:
    manifest = pod_manifest(AgentPod(namespace="agents", image="a:1"))
    (container,) = manifest["spec"]["containers"]
    context = container["securityContext"]
    assert not context.get("privileged")
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"]["drop"] == ["ALL"]
    assert "SYS_ADMIN" not in context["capabilities"]["add"]
    assert manifest["spec"]["automountServiceAccountToken"] is False
