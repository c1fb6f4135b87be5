from __future__ import annotations

from dataclasses import replace

from pipelinekit.generators.jobs import script
from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.model.platform.document import Jenkins, Origin
from tests import examples

SOURCE = Origin(repository="https://git.acme.example/platform.git", path="acme", branch="live")
JENKINS = Jenkins(url="https://jenkins.acme.example/", source=SOURCE, agent=Agent(label="linux"))


def test_where_it_runs_and_which_repository_has_the_platform() -> None:
    told = script.inputs(examples.platform(jenkins=JENKINS))
    assert (told["label"], told["pod"], told["branch"], told["platform"]) == ("linux", None, "live", "acme")
    pod = Agent(pod=AgentPod(namespace="agents", image="agent:1"))
    told = script.inputs(examples.platform(jenkins=replace(JENKINS, agent=pod)))
    assert told["pod"]["namespace"] == "agents"
    assert "agent:1" in str(told["pod"]["manifest"])


def test_a_platform_without_jenkins_or_without_a_repository_of_its_own_tells_nothing() -> None:
    assert script.inputs(examples.platform(jenkins=None)) == {}
    assert script.inputs(examples.platform(jenkins=replace(JENKINS, source=None))) == {}
