from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from pipelinekit.model.jenkins.agent import Agent, AgentPod, Notify


def test_where_nothing_is_said_any_agent_will_do() -> None:
    assert (Agent().label, Agent().pod) == ("", None)


def test_what_files_are_made_from_is_compared_by_value_and_never_changes() -> None:
    pod = AgentPod(namespace="agents", image="r/agent:1")
    assert Agent(pod=pod) == Agent(pod=AgentPod(namespace="agents", image="r/agent:1"))
    assert (
        len({Notify(step="tell"), Notify(step="tell", library=""), Notify(step="tell", library="x@1")}) == 2
    )
    with pytest.raises(FrozenInstanceError):
        pod.image = "another"  # type: ignore[misc]
