from __future__ import annotations

import pytest

from pipelinekit.cli.verbs import VERBS
from pipelinekit.generators.jenkinsfile import plan, pod_manifest, step_arguments
from pipelinekit.model.platform import Agent, AgentPod
from pipelinekit.model.site import Site
from tests import examples

BARE = Site(library="0.1.0")


def test_a_jenkinsfile_needs_no_credentials_where_there_are_none() -> None:
    arguments = step_arguments(BARE)
    assert {verb for verb, each in arguments.items() if each} == {"deploy", "verify"}
    assert arguments["deploy"] == {"automatic": True}


def test_every_step_is_a_verb() -> None:
    assert step_arguments(BARE).keys() <= VERBS.keys()


def test_a_verb_gets_the_credentials_that_it_uses_and_no_others() -> None:
    arguments = step_arguments(examples.site())
    held = {verb: sorted(name for name in each if "Credentials" in name) for verb, each in arguments.items()}
    assert held == {
        "test": [],
        "build": [],
        "push": ["registryCredentialsId"],
        "package": ["registryCredentialsId"],
        "publish": ["chartsCredentialsId"],
        "deploy": ["chartsCredentialsId", "kubeCredentialsIds"],
        "verify": ["kubeCredentialsIds"],
    }


def test_no_step_names_an_environment() -> None:
    for each in step_arguments(examples.site()).values():
        assert "environment" not in each


def test_in_a_monorepo_every_step_has_its_folder_and_reports_are_found_there() -> None:
    site = examples.site(path="apps/orders")
    assert {each["path"] for each in step_arguments(site).values()} == {"apps/orders"}
    (jenkinsfile,) = plan(examples.app(), site)
    assert jenkinsfile.path == "Jenkinsfile"
    assert jenkinsfile.inputs["reports"] == "apps/orders/.pipelinekit/reports/*.xml"
    assert jenkinsfile.inputs["receipts"] == "apps/orders/.pipelinekit/receipts/*.json"


@pytest.mark.parametrize(
    ("agent", "label", "has_pod"),
    [
        (Agent(), "", False),
        (Agent(label="linux"), "linux", False),
        (Agent(pod=AgentPod(namespace="agents", image="a:1")), "", True),
    ],
)
def test_agents(agent: Agent, label: str, has_pod: bool) -> None:
    (jenkinsfile,) = plan(examples.app(), examples.site(agent=agent))
    assert jenkinsfile.inputs["label"] == label
    assert (jenkinsfile.inputs["pod"] is not None) is has_pod


def test_an_agent_pod_waits_for_commands() -> None:
    manifest = pod_manifest(AgentPod(namespace="agents", image="a:1"))
    (container,) = manifest["spec"]["containers"]
    assert (container["name"], container["image"]) == ("pipelinekit", "a:1")
    assert [*container["command"], *container["args"]] == ["sleep", "infinity"]


def test_the_library_is_pinned_to_its_version() -> None:
    (jenkinsfile,) = plan(examples.app(), Site(library="1.2.3"))
    assert jenkinsfile.inputs["library"] == "pipelinekit@v1.2.3"
