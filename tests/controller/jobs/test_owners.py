"""What is not ours: other people's jobs, other platforms', and what they keep inside our jobs."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from pipelinekit.model.jenkins.marker import read_marker
from tests.controller import forms
from tests.controller.conftest import Platform
from tests.controller.jobs.looks import Kit, actions_of, add_credential, differences_of, edit, item_of
from tests.controller.server import Controller


def test_nothing_that_is_not_ours_is_touched(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    theirs = jenkins.state.make(
        "apps/payments/theirs", "pipeline", "<flow-definition><a>1</a></flow-definition>"
    )
    orders = jenkins.state.make("apps/payments/orders", "multibranch")
    before = (theirs.text, orders.text)
    ran = kit("jobs", "apply", "--yes", "--adopt=apps", "--adopt=apps/payments")
    assert ran.code == 6
    assert "apps/payments/orders: is there already, and not from pipelinekit" in ran.err
    assert "--adopt apps/payments/orders" in ran.err
    assert (theirs.text, orders.text) == before
    assert item_of(jenkins, "apps/sales/shop").root == forms.MULTIBRANCH, "the rest is applied"
    assert kit("jobs", "apply", "--yes", "--adopt=apps/payments/orders").code == 0
    assert read_marker(orders.value("description") or "")
    assert theirs.text == before[0]


def test_a_job_of_two_platforms_names_both(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    other = Platform(platform.folder.with_name("other"), jenkins.url, "globex")
    other.application("orders")
    before = item_of(jenkins, "apps").text
    ran = kit("jobs", "apply", "--yes", of=other)
    assert ran.code == 6
    assert "apps: belongs to platform acme, and globex wants it as well" in ran.err
    assert "apps/payments: its folder apps is not ours to change" in ran.err
    assert item_of(jenkins, "apps").text == before
    shown = kit("jobs", "plan", "--json", of=other)
    assert actions_of(shown)["apps/sales"] == "foreign", "another platform's is not ours to disable"


def test_a_job_of_a_job_dsl_seed_names_both(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    orders = item_of(jenkins, "apps/payments/orders")
    orders.save(description=f"x [pipelinekit platform=acme digest={'0' * 16} via=job-dsl]")
    ran = kit("jobs", "plan")
    assert "comes from a Job DSL seed (an export of platform acme)" in ran.out
    assert "`jobs apply` of acme wants it as well" in ran.out


def test_jenkins_does_not_tell_upper_from_lower_case(jenkins: Controller, kit: Kit) -> None:
    jenkins.state.make("Apps", "folder")
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 6
    assert "apps: there is 'Apps', and Jenkins does not tell upper from lower case" in ran.err
    assert jenkins.state.find("release") is not None
    summary = ran.out.splitlines()[-1]
    assert summary.endswith(": 4 created, 5 refused")
    again = kit("jobs", "apply", "--yes")
    assert again.out.splitlines()[-1].endswith(": 5 refused"), "which is not nothing to do"


def test_a_job_of_another_kind_is_left_to_a_person(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    orders = item_of(jenkins, "apps/payments/orders")
    text = f"<flow-definition><description>{orders.value('description')}</description></flow-definition>"
    jenkins.state.make("apps/payments/orders", "pipeline", text)
    ran = kit("jobs", "plan")
    assert "is there as pipeline, and should be a multibranch: rename or delete it in Jenkins" in ran.out


def test_an_owner_is_known_although_somebody_removed_the_mark(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    edit(item_of(jenkins, "apps/payments/orders"), "description", "mine now")
    plan = kit("jobs", "plan", "--json")
    assert actions_of(plan) == {"apps/payments/orders": "update"}
    assert [path for path, _, _ in differences_of(plan, "apps/payments/orders")] == ["description"]
    assert kit("jobs", "apply", "--yes").code == 0


def test_a_folder_that_holds_credentials_keeps_them(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    secret = add_credential(jenkins, "apps/payments")
    assert actions_of(kit("jobs", "plan", "--json")) == {}
    folder = item_of(jenkins, "apps/payments")
    edit(folder, "displayName", "changed")
    assert kit("jobs", "apply", "--yes").code == 0
    assert folder.value("displayName") == "payments"
    assert folder.credentials["nexus"].findtext("password") == secret
    assert actions_of(kit("jobs", "plan", "--json")) == {}


def test_a_folder_whose_secrets_are_hidden_is_not_posted(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    secret = add_credential(jenkins, "apps/payments")
    folder = item_of(jenkins, "apps/payments")
    edit(folder, "displayName", "changed")
    folder.text = folder.text.replace(secret, "********")
    jenkins.seen.clear()
    ran = kit("jobs", "apply", "--yes")
    assert ran.code == 5
    assert "apps/payments: its credentials are hidden from this account" in ran.err
    assert jenkins.posted() == []


def test_what_a_jenkinsfile_has_written_is_no_drift_and_stays(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    platform.jenkins = {"source": {"repository": "https://git.acme.example/platform.git"}}
    kit("jobs", "apply", "--yes")
    seed = item_of(jenkins, "pipelinekit/seed")
    root = forms.parsed(forms.saved(seed.text))
    properties = root.find("properties")
    assert properties is not None
    written = ET.SubElement(
        properties, "org.jenkinsci.plugins.workflow.job.properties.DisableConcurrentBuildsJobProperty"
    )
    ET.SubElement(written, "abortPrevious").text = "false"
    seed.text = forms.saved(ET.tostring(root, encoding="unicode"))
    assert actions_of(kit("jobs", "plan", "--json")) == {}
    edit(seed, "definition/script", "echo 'changed'")
    plan = kit("jobs", "plan", "--json")
    assert [path for path, _, _ in differences_of(plan, "pipelinekit/seed")] == ["definition/script"]
    assert kit("jobs", "apply", "--yes").code == 0
    assert "DisableConcurrentBuildsJobProperty" in seed.text
