from __future__ import annotations

import pytest

from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.model.platform.document import Jenkins
from pipelinekit.plan.versions.pullrequests import is_stranger
from tests import examples

POD = Agent(pod=AgentPod(namespace="agents", image="agent:1"))
LABEL = Agent(label="linux")


@pytest.mark.parametrize(
    ("agent", "commands", "expected"),
    [
        (LABEL, False, True),
        (LABEL, True, False),
        (Agent(), False, True),
        (Agent(), True, False),
        (POD, False, False),
        (POD, True, False),
    ],
)
def test_a_pull_request_is_a_stranger_where_the_agent_stays(
    agent: Agent, commands: bool, expected: bool
) -> None:
    on = examples.platform(jenkins=Jenkins(url="http://j", agent=agent, commands=commands))
    assert is_stranger(on, examples.revision(branch="PR-7", pull_request="7")) is expected
    assert not is_stranger(on, examples.revision(branch="feature/x"))
    assert not is_stranger(on, examples.revision())


def test_a_platform_that_says_nothing_of_its_agents_has_ones_that_stay() -> None:
    assert is_stranger(examples.platform(), examples.revision(pull_request="7"))
