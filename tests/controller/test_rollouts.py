"""The jobs of the folder `platform` on a controller, and `platform deploy --via jenkins` that starts one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from pipelinekit.model.jenkins.jobs import COMPONENTS, DRAFTS, REAP
from pipelinekit.model.jenkins.marker import read_marker
from pipelinekit.steps import follow as steps
from tests.controller.builds import Build
from tests.controller.conftest import Platform, Ran, save_all
from tests.controller.server import Controller
from tests.controller.state import Item

Kit = Callable[..., Ran]
FILE = "org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl"


@pytest.fixture
def rolling_out(platform: Platform, jenkins: Controller, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A platform with two components on, whose folder has its kubeconfig."""
    platform.jenkins = {
        "source": {"repository": "https://git.acme.example/platform.git"},
        "agent": {"label": "linux"},
    }
    platform.clusters = [{"name": "nonprod", "credentials": "kube-{team}"}, {"name": "prod"}]
    platform.more = {"components": [{"name": "vault"}, {"name": "keycloak"}]}
    for id_ in ("kube-platform", "kube-payments", "kube-sales"):
        jenkins.state.credentials[id_] = ET.fromstring(f"<{FILE}><id>{id_}</id></{FILE}>")
    monkeypatch.setattr(steps, "EVERY", 0.02)
    return platform


def on(platform: Platform, *names: str) -> None:
    """These and no others."""
    platform.more["components"] = [{"name": name} for name in names]


def actions(ran: Ran) -> dict[str, str]:
    return {each["path"]: each["action"] for each in json.loads(ran.out)["changes"]}


def item(jenkins: Controller, path: str) -> Item:
    found = jenkins.state.find(path)
    assert found, path
    return found


@pytest.mark.parametrize("pages", [False, True], ids=["saved by Jenkins", "saved on the page"])
def test_they_are_as_wanted_however_jenkins_keeps_them(
    rolling_out: Platform, jenkins: Controller, kit: Kit, pages: bool
) -> None:
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 0, ran.err
    for path in (COMPONENTS, "platform/vault", "platform/keycloak"):
        assert "<name>PLAN_ONLY</name>" in item(jenkins, path).text
    save_all(jenkins.state, pages=pages)
    assert actions(kit("jobs", "plan", "--json")) == {}


def test_components_come_and_go_with_the_document_and_a_job_s_history_stays(
    rolling_out: Platform, jenkins: Controller, kit: Kit
) -> None:
    assert kit("jobs", "apply", "--yes").code == 0
    keycloak = item(jenkins, "platform/keycloak")
    jenkins.state.begin(jenkins.state.enqueue(keycloak, {}))
    on(rolling_out, "vault", "nexus")
    assert actions(kit("jobs", "plan", "--json")) == {
        "platform/nexus": "create",
        COMPONENTS: "update",
        "platform/keycloak": "disable",
    }
    assert kit("jobs", "apply", "--yes").code == 0
    assert item(jenkins, "platform/nexus")
    assert "<string>keycloak</string>" not in item(jenkins, COMPONENTS).text
    gone = item(jenkins, "platform/keycloak")
    marker = read_marker(gone.value("description") or "")
    assert marker
    assert marker.orphaned
    assert gone.value("disabled") == "true"
    assert len(gone.builds) == 1
    on(rolling_out, "vault", "nexus", "keycloak")
    assert kit("jobs", "apply", "--yes").code == 0
    back = item(jenkins, "platform/keycloak")
    assert (back.value("disabled"), len(back.builds)) == ("false", 1)
    assert actions(kit("jobs", "plan", "--json")) == {}


def test_one_that_is_off_has_no_job(rolling_out: Platform, jenkins: Controller, kit: Kit) -> None:
    rolling_out.more["components"] = [{"name": "vault", "enabled": False}]
    assert kit("jobs", "apply", "--yes").code == 0
    assert jenkins.state.find(COMPONENTS) is None
    assert jenkins.state.find("platform/vault") is None
    assert jenkins.state.find("platform"), "the room is there"


def test_without_its_kubeconfig_the_folder_gets_no_jobs_and_the_plan_says_why(
    rolling_out: Platform, jenkins: Controller, kit: Kit
) -> None:
    del jenkins.state.credentials["kube-platform"]
    rows = {each["path"]: each for each in json.loads(kit("jobs", "plan", "--json").out)["changes"]}
    for path in (COMPONENTS, "platform/vault"):
        assert rows[path]["action"] == "blocked"
        assert rows[path]["why"] == "needs the credential kube-platform, in the folder platform or above it"


def test_the_folder_s_own_kubeconfig_where_applications_reach_it_is_told(
    rolling_out: Platform, jenkins: Controller, kit: Kit
) -> None:
    told = " ".join(kit("jobs", "plan", "--json").err.split())
    assert "credential kube-platform is in the controller's own store" in told


@pytest.mark.parametrize(
    "name",
    ["../apps", "a/b", "All", "all", "seed job", "-x", "x" * 64, "ünïcode", "<b>", "a\nb", "$(id)", ""],
)
def test_a_hostile_name_of_a_component_is_a_fault_of_the_document(
    rolling_out: Platform, jenkins: Controller, kit: Kit, name: str
) -> None:
    on(rolling_out, "vault", name)
    assert kit("jobs", "apply", "--yes").code == 3
    assert jenkins.posted() == []


@pytest.mark.parametrize("name", ["../dev", "de v", "Dev", "dev'", "$(id)", "a\nb", ""])
def test_a_hostile_name_of_an_environment_too(
    rolling_out: Platform, jenkins: Controller, kit: Kit, name: str
) -> None:
    rolling_out.environments = [{"name": name, "cluster": "nonprod", "namespace": "{team}"}]
    assert kit("jobs", "apply", "--yes").code == 3
    assert jenkins.posted() == []


def test_a_job_of_that_name_that_is_somebody_s_own_is_left_alone(
    rolling_out: Platform, jenkins: Controller, kit: Kit
) -> None:
    on(rolling_out, "keycloak")
    assert kit("jobs", "apply", "--yes").code == 0
    on(rolling_out, "keycloak", "vault")
    theirs = jenkins.state.make("platform/vault", "pipeline")
    before = theirs.text
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 6
    assert "--adopt platform/vault takes it over" in " ".join(ran.err.split())
    assert item(jenkins, "platform/vault").text == before


# --- started from a terminal ----------------------------------------------------------------------


def says(*lines: str, result: str = "SUCCESS") -> Callable[[Build], Iterator[float]]:
    def script(build: Build) -> Iterator[float]:
        for line in lines:
            build.write(line + "\r\n")
            yield 0.0
        build.finish(result)

    return script


@pytest.fixture
def deploy(rolling_out: Platform, jenkins: Controller, kit: Kit) -> Kit:
    assert kit("jobs", "apply", "--yes").code == 0
    return lambda *words: kit("platform", "deploy", *words, "--via=jenkins", "--env=dev")


def started(jenkins: Controller, path: str) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in each.parameters.items() if value}
        for each in item(jenkins, path).builds.values()
    ]


def test_all_or_from_one_on_or_one_alone(deploy: Kit, jenkins: Controller) -> None:
    jenkins.state.script = says("vault: 1.0.0 runs in vault")
    ran = deploy()
    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == ["vault: 1.0.0 runs in vault", "platform/all #1 ended with SUCCESS"]
    assert deploy("--from=vault").code == 0
    assert started(jenkins, COMPONENTS) == [{"ENVIRONMENT": "dev"}, {"ENVIRONMENT": "dev", "FROM": "vault"}]
    ran = deploy("--only=vault")
    assert ran.code == 0, ran.err
    assert ran.out.endswith("platform/vault #1 ended with SUCCESS\n")
    assert started(jenkins, "platform/vault") == [{"ENVIRONMENT": "dev"}]


def test_it_ends_as_the_job_s_verb_did(deploy: Kit, jenkins: Controller) -> None:
    failed = ("error: bad: no", "[Pipeline] End of Pipeline", "ERROR: script returned exit code 6")
    jenkins.state.script = says(*failed, "Finished: FAILURE", result="FAILURE")
    ran = deploy("--json")
    assert ran.code == 6
    assert json.loads(ran.out) == {"job": COMPONENTS, "number": 1, "result": "FAILURE"}


def test_a_plan_starts_nothing(deploy: Kit, jenkins: Controller) -> None:
    ran = deploy("--plan")
    assert ran.code == 0, ran.err
    assert ran.out == f"would start platform/all at {jenkins.url}, which deploys in dev\n"
    assert started(jenkins, COMPONENTS) == []


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("--only=vault", "--only=keycloak"), 2, "a job is about one component"),
        (("--only=nexus",), 2, "no component 'nexus' is on"),
        (("--timeout=5",), 2, "--timeout says nothing to the job"),
        (("--summary=x",), 2, "--summary says nothing to the job"),
    ],
)
def test_what_a_job_cannot_be_told_is_said_before_it_starts(
    deploy: Kit, jenkins: Controller, words: tuple[str, ...], code: int, why: str
) -> None:
    ran = deploy(*words)
    assert (ran.code, why in " ".join(ran.err.split())) == (code, True), ran.err
    assert jenkins.requests("POST", "build") == []


def test_where_nobody_made_the_job_or_there_can_be_none_that_is_said(
    rolling_out: Platform, jenkins: Controller, kit: Kit
) -> None:
    ran = kit("platform", "deploy", "--via=jenkins", "--env=dev")
    assert (ran.code, "no job platform/all" in " ".join(ran.err.split())) == (6, True)
    on(rolling_out)
    ran = kit("platform", "deploy", "--via=jenkins", "--env=dev")
    assert (ran.code, "there is no platform/all: no component is on" in " ".join(ran.err.split())) == (
        6,
        True,
    )
    gated = kit("platform", "deploy", "--via=jenkins", "--env=production")
    assert gated.code == 6


# --- developers' namespaces -----------------------------------------------------------------------


def test_the_job_that_looks_after_drafts_comes_and_goes_with_the_document(
    rolling_out: Platform, jenkins: Controller, kit: Kit
) -> None:
    rolling_out.more["draft"] = {"idle": "8h"}
    rows = {each["path"]: each for each in json.loads(kit("jobs", "plan", "--json").out)["changes"]}
    assert rows[REAP]["why"] == "needs the credential kube-draft, in the folder draft or above it"
    jenkins.state.credentials["kube-draft"] = ET.fromstring(f"<{FILE}><id>kube-draft</id></{FILE}>")
    assert kit("jobs", "apply", "--yes").code == 0
    assert "<spec>H * * * *</spec>" in item(jenkins, REAP).text
    save_all(jenkins.state)
    assert actions(kit("jobs", "plan", "--json")) == {}
    del rolling_out.more["draft"]
    assert actions(kit("jobs", "plan", "--json")) == {DRAFTS: "keep", REAP: "disable"}
    assert kit("jobs", "apply", "--yes").code == 0
    assert item(jenkins, REAP).value("disabled") == "true"


def test_a_folder_of_that_name_that_is_somebody_s_is_nobody_s_question(
    rolling_out: Platform, jenkins: Controller, kit: Kit
) -> None:
    jenkins.state.make(DRAFTS, "folder")
    jenkins.state.make("draft/theirs", "pipeline")
    assert not [path for path in actions(kit("jobs", "plan", "--json")) if path.startswith(DRAFTS)]
    rolling_out.more["draft"] = {}
    assert actions(kit("jobs", "plan", "--json"))[DRAFTS] == "refused"
