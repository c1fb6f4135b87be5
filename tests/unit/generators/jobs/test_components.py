from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.cli.verbs import CONTRACT
from pipelinekit.generators.jobs import components
from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.model.jenkins.jobs import COMPONENTS
from pipelinekit.model.platform.document import (
    Charts,
    Cluster,
    ComponentEntry,
    Images,
    Jenkins,
    Origin,
    Platform,
    Registration,
)
from pipelinekit.render import render
from tests import examples
from tests.groovy import literals
from tests.hostile.values import ALL

SOURCE = Origin(repository="https://git.acme.example/platform.git", path="acme", credentials="platform-git")
LINUX = Agent(label="linux")
POD = Agent(pod=AgentPod(namespace="agents", image="agent:1"))


def platform(agent: Agent = LINUX, *, login: str = "nexus", kube: str = "kube-nonprod") -> Platform:
    """One with two components on and one off, and two environments without a gate on two clusters."""
    return examples.platform(
        images=Images(registry="r", credentials=login),
        charts=Charts(repository="oci://r/charts", credentials=login),
        clusters=(
            Cluster(name="nonprod", credentials=kube),
            Cluster(name="prod", credentials="kube-prod"),
            Cluster(name="bare"),
        ),
        environments=(
            examples.DEV,
            examples.environment("production", cluster="prod", after="dev"),
            examples.environment("tools", cluster="prod"),
            examples.environment("lab", cluster="bare"),
        ),
        jenkins=Jenkins(url="https://jenkins.acme.example/", source=SOURCE, agent=agent),
        components=(
            ComponentEntry(name="vault"),
            ComponentEntry(name="keycloak"),
            ComponentEntry(name="nexus", enabled=False),
        ),
        applications=(Registration(name="orders", team="payments", repository="https://g/o.git"),),
    )


def texts(given: Platform) -> dict[str, str]:
    return {path: file.text for path, file in render(components.plan(given), templates()).items()}


def test_one_for_all_and_one_for_each_that_is_on() -> None:
    given = platform()
    assert set(texts(given)) == {COMPONENTS, "platform/vault", "platform/keycloak"}
    for lacking in (
        replace(given, components=()),
        replace(given, components=(ComponentEntry(name="vault", enabled=False),)),
        replace(given, environments=(examples.environment("production", after="dev"),)),
        replace(given, jenkins=Jenkins(url="https://j")),
        replace(given, jenkins=None),
    ):
        assert texts(lacking) == {}


def test_they_load_no_library_and_speak_the_command_line_s_contract() -> None:
    for text in texts(platform()).values():
        assert "@Library" not in text
        assert "library(" not in text
        assert text.count(f"'PK_CONTRACT={CONTRACT}'") == 1
        assert list(literals(text))


def test_parameters_are_none_of_the_script_s_and_no_two_builds_run_at_once() -> None:
    for text in texts(platform()).values():
        assert "triggers {" not in text
        assert "parameters {" not in text
        assert "disableConcurrentBuilds()" in text


def test_the_kubeconfig_is_that_of_the_environment_s_cluster_where_it_has_one() -> None:
    text = texts(platform())[COMPONENTS]
    assert "if (params.ENVIRONMENT == 'dev') {\n    bindings << file(credentialsId: 'kube-nonprod'," in text
    assert "if (params.ENVIRONMENT == 'tools') {\n    bindings << file(credentialsId: 'kube-prod'," in text
    assert "'production'" not in text, "it has a gate"
    assert "'lab'" not in text


def test_in_an_id_by_team_the_folder_s_name_stands_for_the_team() -> None:
    text = texts(platform(login="nexus-{team}", kube="kube-{team}"))["platform/vault"]
    assert {"nexus-platform", "kube-platform"} <= set(literals(text))
    assert "{team}" not in text


@pytest.mark.parametrize("text", [each for each in ALL.values() if "\uffff" not in each])
def test_every_text_is_itself_to_groovy(text: str) -> None:
    source = replace(SOURCE, branch=text, path=text, repository=text)
    given = platform(agent=Agent(label=text or "linux"))
    given = replace(given, jenkins=replace(given.jenkins, source=source))  # type: ignore[type-var]
    for script in texts(given).values():
        assert list(literals(script)).count(text) >= 3
