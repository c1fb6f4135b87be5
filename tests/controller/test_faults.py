"""What a controller lacks or refuses, and its bad days: reason, job and exit code; the rest is done."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from tests.controller.conftest import Platform, Ran
from tests.controller.credentialroutes import keep
from tests.controller.faults import Fault
from tests.controller.server import Controller

Kit = Callable[..., Ran]


def _left(kit: Kit) -> set[str]:
    return {
        each["path"]
        for each in json.loads(kit("jobs", "plan", "--json").out)["changes"]
        if each["action"] in ("create", "update")
    }


def test_a_folder_without_permission_stops_what_is_in_it_alone(jenkins: Controller, kit: Kit) -> None:
    jenkins.faults = [Fault("forbid", method="POST", path="name=sales", detail="Job/Create")]
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 5
    assert "lacks the permission Job/Create for apps/sales" in ran.err
    assert "apps/sales/shop is not tried: its folder apps/sales failed" in ran.err
    assert jenkins.state.find("apps/payments/orders"), "the rest is applied"
    jenkins.faults = []
    assert _left(kit) == {"apps/sales", "apps/sales/shop"}
    assert kit("jobs", "apply", "--yes").code == 0
    assert _left(kit) == set()


# --- what is missing on the controller ------------------------------------------------------------


def test_a_missing_plugin_is_asked_for_before_anything_is_posted(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    platform.applications[0]["repository"] = "https://github.com/acme/orders"
    jenkins.state.plugins.remove("github-branch-source")
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 5
    assert "apps/payments/orders needs the plugin github-branch-source" in ran.err
    assert jenkins.state.find("apps/payments/orders") is None
    assert jenkins.state.find("apps/sales/shop"), "the rest is applied"
    jenkins.state.plugins.append("github-branch-source")
    assert _left(kit) == {"apps/payments/orders"}


def test_without_the_folder_plugin_nothing_can_be_made(jenkins: Controller, kit: Kit) -> None:
    jenkins.state.plugins.remove("cloudbees-folder")
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 5
    assert "apps needs the plugin cloudbees-folder" in ran.err
    assert "apps/payments/orders needs its folder apps/payments" in ran.err
    assert jenkins.requests("POST") == []


def test_a_missing_credential_is_asked_for_before_anything_is_posted(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    platform.applications[0]["credentials"] = "git-ssh"
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 5
    assert (
        "apps/payments/orders needs the credential git-ssh, in the folder apps/payments or above" in ran.err
    )
    assert jenkins.state.find("apps/payments/orders") is None
    assert jenkins.state.find("apps/sales/shop"), "the rest is applied"
    assert kit("jobs", "apply", "--yes", "--assume-credential=git-ssh").code == 0


@pytest.mark.parametrize("folder", ["", "apps", "apps/payments"])
def test_a_credential_counts_from_any_folder_above(
    jenkins: Controller, platform: Platform, kit: Kit, folder: str
) -> None:
    kit("jobs", "apply", "--yes")
    platform.applications[0]["credentials"] = "git-ssh"
    item = jenkins.state.find(folder)
    assert item is not None
    store = item.credentials if folder else jenkins.state.credentials
    store["git-ssh"] = ET.fromstring(
        "<com.cloudbees.plugins.credentials.X><id>git-ssh</id></com.cloudbees.plugins.credentials.X>"
    )
    keep(item)
    assert kit("jobs", "apply", "--yes").code == 0


def test_who_may_not_list_credentials_is_not_stopped(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    platform.applications[0]["credentials"] = "git-ssh"
    jenkins.faults = [Fault("forbid", path="credentials/store", detail="Credentials/View")]
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 0
    assert "may not list the credentials of the controller" in ran.err


def test_a_guarded_credential_in_everybodys_reach_is_named(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    platform.clusters[1]["credentials"] = "kube-prod"
    jenkins.state.credentials["kube-prod"] = ET.fromstring(
        "<com.cloudbees.plugins.credentials.X><id>kube-prod</id></com.cloudbees.plugins.credentials.X>"
    )
    ran = kit("jobs", "plan")
    assert "credential kube-prod is in the controller's own store" in ran.err


# --- Jenkins has a bad day ------------------------------------------------------------------------


def test_xml_that_jenkins_refuses_is_one_job(jenkins: Controller, kit: Kit) -> None:
    jenkins.faults = [Fault("error", method="POST", path="name=shop")]
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 5
    assert "Jenkins refuses apps/sales/shop (500): the reason is in Jenkins' log, under" in ran.err
    jenkins.faults = []
    assert _left(kit) == {"apps/sales/shop"}


def test_a_reason_is_told_where_jenkins_tells_one(
    jenkins: Controller, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.controller.state import Refusal

    def refuse(*_: object) -> str:
        raise Refusal(400, "x  is an unsafe character")

    monkeypatch.setattr(jenkins.state, "check_name", refuse)
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 5
    assert "Jenkins refuses apps (400): x is an unsafe character" in ran.err


def test_nothing_is_believed_of_a_controller_that_starts(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    jenkins.seen.clear()
    jenkins.starting = True
    for verb in (("plan",), ("apply", "--yes"), ("drift",), ("prune", "--yes"), ("status",)):
        ran = kit("jobs", *verb)
        assert ran.code == 5
        assert "is starting (503)" in ran.err
        assert "it goes on where it was" in ran.err
    assert jenkins.requests("POST") == []
    assert jenkins.requests("DELETE") == []


def test_a_controller_that_starts_in_the_middle_is_waited_for(jenkins: Controller, kit: Kit) -> None:
    jenkins.faults = [Fault("starting", method="POST", after=4, times=3)]
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 0, ran.err
    assert _left(kit) == set()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("kind", ["drop", "drop-after"])
def test_dropped_connections_are_tried_again(jenkins: Controller, kit: Kit, method: str, kind: str) -> None:
    jenkins.faults = [Fault(kind, method=method, after=2, times=3)]  # type: ignore[arg-type]
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 0, ran.err
    assert _left(kit) == set()


def test_a_lost_crumb_is_fetched_anew(jenkins: Controller, kit: Kit) -> None:
    jenkins.faults = [Fault("lost-crumb", method="POST", after=3, times=1)]
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 0, ran.err
    assert len(jenkins.requests("GET", "crumbIssuer")) >= 2
    assert _left(kit) == set()


def test_a_crumb_of_before_a_restart_is_fetched_anew(jenkins: Controller) -> None:
    from pipelinekit.adapters.jenkins.controller import XML, Client

    client = Client(jenkins.url, None, sleep=lambda _: None)
    client.send("POST", "createItem?name=a", data=b"<flow-definition/>", headers=XML)
    jenkins.down()
    jenkins.up()
    client.send("POST", "createItem?name=b", data=b"<flow-definition/>", headers=XML)
    assert jenkins.state.find("b")


def test_one_client_serves_many_threads(jenkins: Controller) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from pipelinekit.adapters.jenkins.controller import XML, Client

    client = Client(jenkins.url, None)

    def make(number: int) -> int:
        return client.send(
            "POST", f"createItem?name=j{number}", data=b"<flow-definition/>", headers=XML
        ).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(make, range(200))) == {200}
    assert len(jenkins.requests("POST")) == 200
    assert len(jenkins.requests("GET", "crumbIssuer")) == 1


def test_a_slash_in_a_job_s_name_is_encoded(jenkins: Controller) -> None:
    from pipelinekit.adapters.jenkins.controller import Client
    from pipelinekit.adapters.jenkins.jobs import JenkinsJobs

    jenkins.state.make("apps/feature%2Fx", "pipeline")
    jobs = JenkinsJobs(Client(jenkins.url, None))
    assert jobs.config("apps/feature%2Fx") is not None
    assert jenkins.requests("GET", "feature%252Fx")
    assert jobs.config("apps/feature/x") is None
