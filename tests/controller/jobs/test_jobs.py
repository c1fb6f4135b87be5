"""Jobs against a controller: planned, applied, found changed, put back, and never more than that."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipelinekit.model.jenkins.marker import read_marker
from tests.controller import forms
from tests.controller.conftest import Platform, save_all
from tests.controller.jobs.looks import Kit, actions_of, differences_of, edit, item_of
from tests.controller.server import Controller
from tests.controller.state import Item

BIN = Path(sys.executable).parent
ROOMS = {"pipelinekit", "apps", "release", "platform", "services"}


def test_a_bare_controller_gets_its_folders_and_jobs(jenkins: Controller, kit: Kit) -> None:
    plan = kit("jobs", "plan", "--json")
    assert plan.code == 0
    assert set(actions_of(plan)) == ROOMS | {
        "apps/payments",
        "apps/sales",
        "apps/payments/orders",
        "apps/sales/shop",
    }
    assert set(actions_of(plan).values()) == {"create"}
    assert jenkins.posted() == []
    assert kit("jobs", "apply", "--yes").code == 0
    assert len(jenkins.posted()) == 9
    orders = item_of(jenkins, "apps/payments/orders")
    assert orders.root == forms.MULTIBRANCH
    description = orders.value("description") or ""
    assert "Application orders of team payments, from https://git.acme.example/orders.git" in description
    marker = read_marker(description)
    assert marker is not None
    assert marker.platform == "acme"


@pytest.mark.parametrize("saved", ["as posted", "by Jenkins", "on its page"])
def test_what_was_applied_and_not_touched_needs_nothing(
    jenkins: Controller, platform: Platform, kit: Kit, saved: str
) -> None:
    platform.jenkins = {"source": {"repository": "https://git.acme.example/platform.git"}}
    platform.application("web", repository="https://github.com/acme/web")
    kit("jobs", "apply", "--yes")
    if saved != "as posted":
        save_all(jenkins.state, pages=saved == "on its page")
        sent = "\r\n" in (item_of(jenkins, "pipelinekit/seed").value("description") or "")
        assert sent is (saved == "on its page")
    before = len(jenkins.posted())
    assert actions_of(kit("jobs", "plan", "--json")) == {}
    assert kit("jobs", "drift").code == 0
    again = kit("jobs", "apply", "--yes")
    assert (again.code, len(jenkins.posted())) == (0, before)
    assert "nothing to do" in again.out


SOURCE = "sources/data/jenkins.branch.BranchSource/source"
TRIGGER = "triggers/com.cloudbees.hudson.plugins.folder.computed.PeriodicFolderTrigger"


@pytest.mark.parametrize(
    ("path", "was", "value"),
    [
        (f"{SOURCE}/remote", "https://git.acme.example/orders.git", "https://elsewhere.example/x.git"),
        ("factory/scriptPath", "Jenkinsfile", "ci/Jenkinsfile"),
        ("orphanedItemStrategy/daysToKeep", "7", "700"),
        (f"{TRIGGER}/interval", "86400000", "60000"),
        ("displayName", "orders", "Orders & <co>"),
        ("disabled", None, "true"),
    ],
)
def test_one_field_edited_by_hand_is_that_field_and_one_post_puts_it_back(
    jenkins: Controller, kit: Kit, path: str, was: str | None, value: str
) -> None:
    kit("jobs", "apply", "--yes")
    orders = item_of(jenkins, "apps/payments/orders")
    edit(orders, path, value)
    plan = kit("jobs", "plan", "--json")
    assert actions_of(plan) == {"apps/payments/orders": "update"}
    assert differences_of(plan, "apps/payments/orders") == [(path, value, was)]
    drift = kit("jobs", "drift")
    assert drift.code == 1
    assert path in drift.out
    before = len(jenkins.posted())
    assert kit("jobs", "apply", "--yes").code == 0
    assert len(jenkins.posted()) == before + 1
    assert actions_of(kit("jobs", "plan", "--json")) == {}


CLONE = f"{SOURCE}/traits/jenkins.plugins.git.traits.CloneOptionTrait/extension"


def _sources(jenkins: Controller, platform: Platform, kit: Kit) -> tuple[Item, Item]:
    """A project of each kind of source, applied and saved by Jenkins."""
    platform.application("web", repository="https://github.com/acme/web")
    kit("jobs", "apply", "--yes")
    save_all(jenkins.state)
    return item_of(jenkins, "apps/payments/orders"), item_of(jenkins, "apps/payments/web")


def test_every_checkout_has_tags_and_history_and_nobody_takes_them_away(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    both = _sources(jenkins, platform, kit)
    for item in both:
        assert forms.parsed(item.text).findtext(f"{CLONE}/noTags") == "false"
        edit(item, f"{CLONE}/noTags", "true")
        edit(item, f"{CLONE}/shallow", "true")
    plan = kit("jobs", "plan", "--json")
    for item in both:
        assert differences_of(plan, item.path) == [
            (f"{CLONE}/noTags", "true", None),
            (f"{CLONE}/shallow", "true", None),
        ]
    assert kit("jobs", "apply", "--yes").code == 0
    assert actions_of(kit("jobs", "plan", "--json")) == {}


def test_how_an_administrator_checks_out_stays(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    both = _sources(jenkins, platform, kit)
    for item in both:
        root = forms.parsed(item.text)
        option, traits = root.find(CLONE), root.find(f"{SOURCE}/traits")
        assert option is not None
        assert traits is not None
        ET.SubElement(option, "timeout").text = "60"
        ET.SubElement(option, "reference").text = "/srv/cache"
        ET.SubElement(traits, "jenkins.plugins.git.traits.GitLFSPullTrait")
        item.text = forms.saved(ET.tostring(root, encoding="unicode"))
    assert actions_of(kit("jobs", "plan", "--json")) == {}
    for item in both:
        edit(item, "displayName", "other")
    assert kit("jobs", "apply", "--yes").code == 0
    for item in both:
        assert item.value("displayName") != "other"
        assert forms.parsed(item.text).findtext(f"{CLONE}/timeout") == "60"
        assert forms.parsed(item.text).findtext(f"{CLONE}/reference") == "/srv/cache"
        assert "GitLFSPullTrait" in item.text
    assert actions_of(kit("jobs", "plan", "--json")) == {}


def test_a_project_from_before_gets_its_tags_and_is_nobody_s_change(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    kit("jobs", "apply", "--yes")
    orders = item_of(jenkins, "apps/payments/orders")
    root = forms.parsed(orders.text)
    traits = root.find(f"{SOURCE}/traits")
    assert traits is not None
    traits.remove(traits[1])
    orders.text = forms.saved(ET.tostring(root, encoding="unicode"))
    plan = kit("jobs", "plan", "--json")
    assert actions_of(plan) == {"apps/payments/orders": "update"}
    assert kit("jobs", "apply", "--yes").code == 0
    assert forms.parsed(orders.text).findtext(f"{CLONE}/noTags") == "false"


def test_a_change_of_the_platform_is_no_drift(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    save_all(jenkins.state)
    platform.applications[0]["branch"] = "trunk"
    platform.applications[0]["path"] = "services/orders"
    assert kit("jobs", "drift").code == 0
    plan = kit("jobs", "plan", "--json")
    assert actions_of(plan) == {"apps/payments/orders": "update"}
    assert [path for path, _, _ in differences_of(plan, "apps/payments/orders")] == [
        "description",
        "factory/scriptPath",
    ]


def test_a_thousand_jobs_three_edited_two_orphaned_one_foreign(
    jenkins: Controller, platform: Platform
) -> None:
    platform.applications.clear()
    for number in range(1000 - 25 + 2):
        platform.application(f"app{number:04d}", team=f"team{number % 20:02d}")
    assert "1002 created" in _process(platform, "apply", "--yes")
    assert len(jenkins.posted()) == 977 + 20 + 5
    orphans = [platform.applications.pop() for _ in range(2)]
    for number in (1, 50, 700):
        edit(item_of(jenkins, f"apps/team{number % 20:02d}/app{number:04d}"), "factory/scriptPath", "x")
    jenkins.state.make("apps/team03/mine", "pipeline")
    plan = json.loads(_process(platform, "plan", "--json"))
    counted = [each["action"] for each in plan["changes"]]
    assert (counted.count("update"), counted.count("disable"), counted.count("foreign")) == (3, 2, 1)
    assert len(counted) == 6
    assert plan["unchanged"] == 1000 - 3
    jenkins.seen.clear()
    shown = _process(platform, "apply", "--yes")
    assert "3 to update (3 changed by hand), 2 to disable, 1 foreign, left alone, 997 unchanged" in shown
    assert len(jenkins.posted()) == 3 + 2
    gone = {f"apps/{each['team']}/{each['name']}" for each in orphans}
    assert {path for path in gone if item_of(jenkins, path).disabled} == gone
    assert not item_of(jenkins, "apps/team03/mine").disabled
    after = json.loads(_process(platform, "plan", "--json"))["changes"]
    told = {each["path"]: each["action"] for each in after}
    assert told == dict.fromkeys(gone, "keep") | {"apps/team03/mine": "foreign"}


def _process(platform: Platform, *arguments: str) -> str:
    """What `jobs …` prints as a process: in one with the double, a thousand requests take a minute."""
    argv = [str(BIN / "pipelinekit"), "jobs", *arguments, f"--platform={platform.write()}"]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout
