from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.generators.jenkinsfile import plan
from pipelinekit.model.app import Build
from pipelinekit.model.jenkins.agent import Agent, AgentPod, Notify
from pipelinekit.model.platform.site import Site
from tests import examples


def inputs(site: Site) -> dict[str, Any]:
    (jenkinsfile,) = plan(examples.app(), site)
    assert jenkinsfile.path == "Jenkinsfile"
    return dict(jenkinsfile.inputs)


def test_what_every_build_runs_is_apart_from_what_main_alone_runs() -> None:
    given = inputs(examples.site())
    assert [each["step"] for each in given["checks"]] == ["pkGenerate", "pkTest", "pkBuild"]
    assert [each["step"] for each in given["releases"]] == [
        "pkPush",
        "pkPackage",
        "pkPublish",
        "pkDeploy",
        "pkVerify",
    ]


def test_no_check_holds_a_credential() -> None:
    for each in inputs(examples.site())["checks"]:
        assert not [name for name in each["arguments"] if "Credentials" in name]


def test_only_main_s_builds_hold_what_a_dockerfile_could_print() -> None:
    site = examples.site(path="apps/orders", package_credentials={"pypi": "reader"})
    app = examples.app(build=Build(language="python", secrets=("npm-token",)))
    (jenkinsfile,) = plan(app, site)
    given = {each["step"]: each for each in jenkinsfile.inputs["checks"]}
    assert given["pkGenerate"]["on_main"] is None
    for step in ("pkTest", "pkBuild"):
        assert given[step]["arguments"] == {"path": "apps/orders"}
        assert given[step]["on_main"] == {
            "path": "apps/orders",
            "pypiCredentialsId": "reader",
            "secretCredentialsIds": ["npm-token"],
        }
    assert all(each["on_main"] is None for each in inputs(examples.site())["checks"])


def test_reports_and_receipts_are_found_in_a_monorepo_s_folder() -> None:
    given = inputs(examples.site(path="apps/orders"))
    assert [each["reports"] for each in given["checks"]] == ["", "apps/orders/.pipelinekit/reports/*.xml", ""]
    assert given["receipts"] == "apps/orders/.pipelinekit/receipts/*.json"


@pytest.mark.parametrize(
    ("agent", "label", "has_pod"),
    [
        (Agent(), "", False),
        (Agent(label="linux"), "linux", False),
        (Agent(pod=AgentPod(namespace="agents", image="a:1")), "", True),
    ],
)
def test_agents(agent: Agent, label: str, has_pod: bool) -> None:
    given = inputs(examples.site(agent=agent))
    assert given["label"] == label
    assert (given["pod"] is not None) is has_pod


def test_the_library_is_pinned_to_its_version() -> None:
    assert inputs(Site(library="1.2.3"))["libraries"] == "pipelinekit@v1.2.3"


def test_a_notification_is_a_step_of_the_user_s_own_library() -> None:
    assert inputs(examples.site())["notify"] is None
    given = inputs(examples.site(notify=Notify(step="acmeNotify", library="acme@v3")))
    assert given["libraries"] == ["pipelinekit@v0.1.0", "acme@v3"]
    assert given["notify"] == {
        "step": "acmeNotify",
        "arguments": {"application": "orders", "team": "payments"},
    }
    implicit = inputs(examples.site(notify=Notify(step="acmeNotify")))
    assert implicit["libraries"] == "pipelinekit@v0.1.0"
