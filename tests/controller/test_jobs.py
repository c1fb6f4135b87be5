"""Jobs against a controller: planned, applied, found changed, put back, and never more than that."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipelinekit.model.jenkins.marker import read_marker
from tests.controller import forms
from tests.controller.conftest import Platform, Ran, save_all
from tests.controller.faults import Fault
from tests.controller.server import Controller
from tests.controller.state import Item

Kit = Callable[..., Ran]
BIN = Path(sys.executable).parent
ROOMS = {"pipelinekit", "apps", "release", "platform", "services"}


def _item(jenkins: Controller, path: str) -> Item:
    item = jenkins.state.find(path)
    assert item is not None, path
    return item


def _actions(ran: Ran) -> dict[str, str]:
    """Each job of a plan in JSON, and what happens to it."""
    return {each["path"]: each["action"] for each in json.loads(ran.out)["changes"]}


def _differences(ran: Ran, path: str) -> list[tuple[str, str | None, str | None]]:
    change = next(each for each in json.loads(ran.out)["changes"] if each["path"] == path)
    return [(each["path"], each["live"], each["wanted"]) for each in change["differences"]]


def test_a_bare_controller_gets_its_folders_and_jobs(jenkins: Controller, kit: Kit) -> None:
    plan = kit("jobs", "plan", "--json")
    assert plan.code == 0
    assert set(_actions(plan)) == ROOMS | {
        "apps/payments",
        "apps/sales",
        "apps/payments/orders",
        "apps/sales/shop",
    }
    assert set(_actions(plan).values()) == {"create"}
    assert jenkins.posted() == []
    assert kit("jobs", "apply", "--yes").code == 0
    assert len(jenkins.posted()) == 9
    orders = _item(jenkins, "apps/payments/orders")
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
        sent = "\r\n" in (_item(jenkins, "pipelinekit/seed").value("description") or "")
        assert sent is (saved == "on its page")
    before = len(jenkins.posted())
    assert _actions(kit("jobs", "plan", "--json")) == {}
    assert kit("jobs", "drift").code == 0
    again = kit("jobs", "apply", "--yes")
    assert (again.code, len(jenkins.posted())) == (0, before)
    assert "nothing to do" in again.out


def _edit(item: Item, path: str, value: str) -> None:
    """Somebody changes one field on the job's page, and Jenkins saves the job."""
    root = forms.parsed(item.text)
    found = root.find(path)
    assert found is not None, path
    found.text = value
    item.text = forms.saved(ET.tostring(root, encoding="unicode"))


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
    orders = _item(jenkins, "apps/payments/orders")
    _edit(orders, path, value)
    plan = kit("jobs", "plan", "--json")
    assert _actions(plan) == {"apps/payments/orders": "update"}
    assert _differences(plan, "apps/payments/orders") == [(path, value, was)]
    drift = kit("jobs", "drift")
    assert drift.code == 1
    assert path in drift.out
    before = len(jenkins.posted())
    assert kit("jobs", "apply", "--yes").code == 0
    assert len(jenkins.posted()) == before + 1
    assert _actions(kit("jobs", "plan", "--json")) == {}


CLONE = f"{SOURCE}/traits/jenkins.plugins.git.traits.CloneOptionTrait/extension"


def _sources(jenkins: Controller, platform: Platform, kit: Kit) -> tuple[Item, Item]:
    """A project of each kind of source, applied and saved by Jenkins."""
    platform.application("web", repository="https://github.com/acme/web")
    kit("jobs", "apply", "--yes")
    save_all(jenkins.state)
    return _item(jenkins, "apps/payments/orders"), _item(jenkins, "apps/payments/web")


def test_every_checkout_has_tags_and_history_and_nobody_takes_them_away(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    both = _sources(jenkins, platform, kit)
    for item in both:
        assert forms.parsed(item.text).findtext(f"{CLONE}/noTags") == "false"
        _edit(item, f"{CLONE}/noTags", "true")
        _edit(item, f"{CLONE}/shallow", "true")
    plan = kit("jobs", "plan", "--json")
    for item in both:
        assert _differences(plan, item.path) == [
            (f"{CLONE}/noTags", "true", None),
            (f"{CLONE}/shallow", "true", None),
        ]
    assert kit("jobs", "apply", "--yes").code == 0
    assert _actions(kit("jobs", "plan", "--json")) == {}


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
    assert _actions(kit("jobs", "plan", "--json")) == {}
    for item in both:
        _edit(item, "displayName", "other")
    assert kit("jobs", "apply", "--yes").code == 0
    for item in both:
        assert item.value("displayName") != "other"
        assert forms.parsed(item.text).findtext(f"{CLONE}/timeout") == "60"
        assert forms.parsed(item.text).findtext(f"{CLONE}/reference") == "/srv/cache"
        assert "GitLFSPullTrait" in item.text
    assert _actions(kit("jobs", "plan", "--json")) == {}


def test_a_project_from_before_gets_its_tags_and_is_nobody_s_change(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    kit("jobs", "apply", "--yes")
    orders = _item(jenkins, "apps/payments/orders")
    root = forms.parsed(orders.text)
    traits = root.find(f"{SOURCE}/traits")
    assert traits is not None
    traits.remove(traits[1])
    orders.text = forms.saved(ET.tostring(root, encoding="unicode"))
    plan = kit("jobs", "plan", "--json")
    assert _actions(plan) == {"apps/payments/orders": "update"}
    assert kit("jobs", "apply", "--yes").code == 0
    assert forms.parsed(orders.text).findtext(f"{CLONE}/noTags") == "false"


def test_a_change_of_the_platform_is_no_drift(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    save_all(jenkins.state)
    platform.applications[0]["branch"] = "trunk"
    platform.applications[0]["path"] = "services/orders"
    assert kit("jobs", "drift").code == 0
    plan = kit("jobs", "plan", "--json")
    assert _actions(plan) == {"apps/payments/orders": "update"}
    assert [path for path, _, _ in _differences(plan, "apps/payments/orders")] == [
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
        _edit(_item(jenkins, f"apps/team{number % 20:02d}/app{number:04d}"), "factory/scriptPath", "x")
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
    assert {path for path in gone if _item(jenkins, path).disabled} == gone
    assert not _item(jenkins, "apps/team03/mine").disabled
    after = json.loads(_process(platform, "plan", "--json"))["changes"]
    told = {each["path"]: each["action"] for each in after}
    assert told == dict.fromkeys(gone, "keep") | {"apps/team03/mine": "foreign"}


def _process(platform: Platform, *arguments: str) -> str:
    """What `jobs …` prints as a process: in one with the double, a thousand requests take a minute."""
    argv = [str(BIN / "pipelinekit"), "jobs", *arguments, f"--platform={platform.write()}"]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


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
    assert _item(jenkins, "apps/sales/shop").root == forms.MULTIBRANCH, "the rest is applied"
    assert kit("jobs", "apply", "--yes", "--adopt=apps/payments/orders").code == 0
    assert read_marker(orders.value("description") or "")
    assert theirs.text == before[0]


def test_a_job_of_two_platforms_names_both(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    other = Platform(platform.folder.with_name("other"), jenkins.url, "globex")
    other.application("orders")
    before = _item(jenkins, "apps").text
    ran = kit("jobs", "apply", "--yes", of=other)
    assert ran.code == 6
    assert "apps: belongs to platform acme, and globex wants it as well" in ran.err
    assert "apps/payments: its folder apps is not ours to change" in ran.err
    assert _item(jenkins, "apps").text == before
    shown = kit("jobs", "plan", "--json", of=other)
    assert _actions(shown)["apps/sales"] == "foreign", "another platform's is not ours to disable"


def test_a_job_of_a_job_dsl_seed_names_both(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    orders = _item(jenkins, "apps/payments/orders")
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
    orders = _item(jenkins, "apps/payments/orders")
    text = f"<flow-definition><description>{orders.value('description')}</description></flow-definition>"
    jenkins.state.make("apps/payments/orders", "pipeline", text)
    ran = kit("jobs", "plan")
    assert "is there as pipeline, and should be a multibranch: rename or delete it in Jenkins" in ran.out


def test_an_owner_is_known_although_somebody_removed_the_mark(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    _edit(_item(jenkins, "apps/payments/orders"), "description", "mine now")
    plan = kit("jobs", "plan", "--json")
    assert _actions(plan) == {"apps/payments/orders": "update"}
    assert [path for path, _, _ in _differences(plan, "apps/payments/orders")] == ["description"]
    assert kit("jobs", "apply", "--yes").code == 0


# --- plans ----------------------------------------------------------------------------------------


def test_a_plan_on_disk_is_done_exactly_and_twice_is_no_harm(
    jenkins: Controller, platform: Platform, kit: Kit, tmp_path: Path
) -> None:
    path = str(tmp_path / "plan.json")
    assert kit("jobs", "plan", f"--out={path}").code == 0
    platform.application("late")
    assert kit("jobs", "apply", path).code == 0
    assert jenkins.state.find("apps/payments/orders")
    assert jenkins.state.find("apps/payments/late") is None, "the plan does not know it"
    before = len(jenkins.posted())
    assert kit("jobs", "apply", path).code == 0
    assert len(jenkins.posted()) == before


def test_a_plan_refuses_when_jenkins_has_moved_on(
    jenkins: Controller, platform: Platform, kit: Kit, tmp_path: Path
) -> None:
    kit("jobs", "apply", "--yes")
    platform.applications[0]["path"] = "services/orders"
    platform.application("late")
    path = str(tmp_path / "plan.json")
    kit("jobs", "plan", f"--out={path}")
    _edit(_item(jenkins, "apps/payments/orders"), "orphanedItemStrategy/daysToKeep", "1")
    jenkins.seen.clear()
    ran = kit("jobs", "apply", path)
    assert ran.code == 6
    assert "apps/payments/orders was changed since this was planned" in ran.err
    assert jenkins.posted() == [], "not even the job that has not moved"


def test_a_plan_that_was_killed_goes_on_where_it_was(jenkins: Controller, kit: Kit, tmp_path: Path) -> None:
    path = str(tmp_path / "plan.json")
    kit("jobs", "plan", f"--out={path}")
    jenkins.faults = [Fault("error", method="POST", after=6)]
    first = kit("jobs", "apply", path)
    assert first.code == 5
    jenkins.faults = []
    jenkins.seen.clear()
    assert kit("jobs", "apply", path).code == 0
    assert len(jenkins.posted()) == 9 - 6
    assert _actions(kit("jobs", "plan", "--json")) == {}


def test_a_plan_that_is_not_there_is_told(jenkins: Controller, kit: Kit, tmp_path: Path) -> None:
    ran = kit("jobs", "apply", str(tmp_path / "plan.json"))
    assert ran.code == 2
    assert "jobs plan --out" in ran.err
    assert jenkins.seen == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 99}', '{"format": 1, "changes": 3}', "\x00", "a: b"]
)
def test_what_is_no_plan_is_refused(kit: Kit, tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    ran = kit("jobs", "apply", str(path))
    assert ran.code == 6
    assert "this is no plan of pipelinekit" in ran.err


def test_a_plan_for_another_controller_is_refused(
    jenkins: Controller, platform: Platform, kit: Kit, tmp_path: Path
) -> None:
    path = str(tmp_path / "plan.json")
    kit("jobs", "plan", f"--out={path}")
    platform.url = jenkins.url.replace("127.0.0.1", "localhost")
    ran = kit("jobs", "apply", path)
    assert ran.code == 6
    assert "is for platform acme at" in ran.err


def test_without_a_terminal_nothing_is_done_unasked(jenkins: Controller, kit: Kit) -> None:
    ran = kit("jobs", "apply")
    assert ran.code == 2
    assert "say --yes" in ran.err
    assert jenkins.posted() == []


# --- what is not ours inside our jobs -------------------------------------------------------------

CREDENTIAL = """\
<com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl><scope>GLOBAL</scope><id>nexus</id>
<username>robot</username><password>s3cret</password>
</com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>"""


def _add_credential(jenkins: Controller, folder: str) -> str:
    """A credential in a folder; its secret as Jenkins keeps it."""
    from tests.controller.server import _encrypted, _keep

    item = _item(jenkins, folder)
    item.credentials["nexus"] = _encrypted(ET.fromstring(CREDENTIAL))
    _keep(item)
    return item.credentials["nexus"].findtext("password") or ""


def test_a_folder_that_holds_credentials_keeps_them(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    secret = _add_credential(jenkins, "apps/payments")
    assert _actions(kit("jobs", "plan", "--json")) == {}
    folder = _item(jenkins, "apps/payments")
    _edit(folder, "displayName", "changed")
    assert kit("jobs", "apply", "--yes").code == 0
    assert folder.value("displayName") == "payments"
    assert folder.credentials["nexus"].findtext("password") == secret
    assert _actions(kit("jobs", "plan", "--json")) == {}


def test_a_folder_whose_secrets_are_hidden_is_not_posted(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    secret = _add_credential(jenkins, "apps/payments")
    folder = _item(jenkins, "apps/payments")
    _edit(folder, "displayName", "changed")
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
    seed = _item(jenkins, "pipelinekit/seed")
    root = forms.parsed(forms.saved(seed.text))
    properties = root.find("properties")
    assert properties is not None
    written = ET.SubElement(
        properties, "org.jenkinsci.plugins.workflow.job.properties.DisableConcurrentBuildsJobProperty"
    )
    ET.SubElement(written, "abortPrevious").text = "false"
    seed.text = forms.saved(ET.tostring(root, encoding="unicode"))
    assert _actions(kit("jobs", "plan", "--json")) == {}
    _edit(seed, "definition/script", "echo 'changed'")
    plan = kit("jobs", "plan", "--json")
    assert [path for path, _, _ in _differences(plan, "pipelinekit/seed")] == ["definition/script"]
    assert kit("jobs", "apply", "--yes").code == 0
    assert "DisableConcurrentBuildsJobProperty" in seed.text


# --- pruning --------------------------------------------------------------------------------------


def _orphan(jenkins: Controller, platform: Platform, kit: Kit, day: str) -> Item:
    """`shop` is no longer registered, and was disabled on that day."""
    for number in range(30):
        platform.application(f"app{number:02d}")
    kit("jobs", "apply", "--yes")
    platform.applications = [each for each in platform.applications if each["name"] != "shop"]
    assert kit("jobs", "apply", "--yes").code == 0
    shop = _item(jenkins, "apps/sales/shop")
    marker = read_marker(shop.value("description") or "")
    assert marker is not None
    assert marker.orphaned
    shop.text = shop.text.replace(f"orphaned={marker.orphaned}", f"orphaned={day}")
    return shop


def test_an_orphan_is_deleted_after_its_time_and_its_folder_with_it(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    _orphan(jenkins, platform, kit, "2020-01-01")
    shown = kit("jobs", "prune", "--grace=30", "--plan")
    assert shown.code == 0
    # Only what can happen to a job that nobody wants: nothing of it is created or updated.
    assert shown.out.splitlines()[-1].endswith(": 0 to disable, 2 to delete")
    told = json.loads(kit("jobs", "prune", "--plan", "--json").out)
    assert told.keys() == {"platform", "url", "changes"}
    assert jenkins.requests("DELETE") == []
    assert kit("jobs", "prune", "--yes").code == 0
    assert jenkins.state.find("apps/sales") is None
    assert _actions(kit("jobs", "plan", "--json")) == {}


def test_a_young_orphan_stays_disabled(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    shop = _orphan(jenkins, platform, kit, "2999-01-01")
    pruned = kit("jobs", "prune", "--yes")
    assert pruned.code == 0
    # Its folder stays with it.
    assert ": 0 to disable, 0 to delete, 2 kept\n" in pruned.out
    assert shop.disabled
    assert jenkins.state.find("apps/sales/shop") is shop


def test_pruning_disables_first(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    platform.applications.pop()
    assert kit("jobs", "prune", "--yes", "--grace=0").code == 0
    shop = _item(jenkins, "apps/sales/shop")
    assert shop.disabled, "even without any grace it is disabled by one run and deleted by the next"
    assert kit("jobs", "prune", "--yes", "--grace=0", "--max-delete=1").code == 0
    assert jenkins.state.find("apps/sales") is None


def test_an_orphan_with_builds_is_kept_on_request(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    shop = _orphan(jenkins, platform, kit, "2020-01-01")
    main = jenkins.state.make("apps/sales/shop/main", "pipeline")
    jenkins.state.begin(jenkins.state.enqueue(main, {}))
    assert kit("jobs", "prune", "--yes", "--keep-builds").code == 0
    assert jenkins.state.find("apps/sales/shop") is shop
    assert kit("jobs", "prune", "--yes").code == 0
    assert jenkins.state.find("apps/sales/shop") is None


def test_too_many_deletions_are_refused_unless_said(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    kit("jobs", "apply", "--yes")
    platform.applications.clear()
    platform.application("new")
    kit("jobs", "apply", "--yes")
    for path in ("apps/payments/orders", "apps/sales/shop"):
        item = _item(jenkins, path)
        marker = read_marker(item.value("description") or "")
        assert marker is not None
        item.text = item.text.replace(marker.orphaned, "2020-01-01")
    ran = kit("jobs", "prune", "--yes")
    assert ran.code == 6
    assert "2 jobs would be deleted, 1 are allowed (--max-delete 10%)" in ran.err
    assert jenkins.requests("DELETE") == []
    assert kit("jobs", "prune", "--yes", "--max-delete=x").code == 2
    assert kit("jobs", "prune", "--yes", "--max-delete=2").code == 0
    assert jenkins.state.find("apps/payments/orders") is None


def test_a_folder_with_something_in_it_stays(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    _orphan(jenkins, platform, kit, "2020-01-01")
    jenkins.state.make("apps/sales/theirs", "pipeline")
    assert kit("jobs", "prune", "--yes").code == 0
    assert jenkins.state.find("apps/sales/shop") is None
    assert jenkins.state.find("apps/sales/theirs")


def test_a_folder_with_credentials_stays(jenkins: Controller, platform: Platform, kit: Kit) -> None:
    _orphan(jenkins, platform, kit, "2020-01-01")
    _add_credential(jenkins, "apps/sales")
    shown = kit("jobs", "prune", "--yes")
    assert "holds credentials" in shown.out
    assert jenkins.state.find("apps/sales")


def test_an_application_that_comes_back_is_enabled_again(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    shop = _orphan(jenkins, platform, kit, "2020-01-01")
    platform.application("shop", team="sales")
    plan = kit("jobs", "plan", "--json")
    assert _actions(plan) == {"apps/sales/shop": "update"}
    assert "wanted again" in plan.out
    kit("jobs", "apply", "--yes")
    assert not shop.disabled
    assert _actions(kit("jobs", "plan", "--json")) == {}


# --- status ---------------------------------------------------------------------------------------


def test_status_shows_the_main_branch_and_who_else_fails(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    platform.application("never")
    kit("jobs", "apply", "--yes")
    for name, result in (("main", "SUCCESS"), ("feature%2Fx", "FAILURE")):
        branch = jenkins.state.make(f"apps/payments/orders/{name}", "pipeline")
        jenkins.state.begin(jenkins.state.enqueue(branch, {})).finish(result)
    platform.application("missing")
    rows = {each["path"]: each for each in json.loads(kit("jobs", "status", "--json").out)}
    assert rows["apps/payments/orders"]["state"] == "built"
    assert rows["apps/payments/orders"]["last"]["result"] == "SUCCESS"
    assert rows["apps/payments/orders"]["failing"] == ["feature/x"]
    assert rows["apps/payments/never"]["state"] == "never built"
    assert rows["apps/payments/missing"]["state"] == "missing"
    shown = kit("jobs", "status")
    assert shown.code == 0
    assert "4 jobs, 0 not well, 1 missing" in shown.out
    assert "failing: feature/x" in shown.out


RECORDED = json.loads((Path(__file__).parent / "recordings" / "multibranch.json").read_text())
SCANS = {
    (each["path"], each["response"]["body"].rstrip().rpartition(" ")[2]): each["response"]["body"]
    for each in RECORDED["exchanges"]
    if each["path"].endswith("/indexing/consoleText")
}
FAILED = SCANS["/job/apps/job/broken/indexing/consoleText", "FAILURE"]
"""What a real controller wrote as it could not reach a repository."""


def test_a_repository_that_cannot_be_scanned_is_told_with_its_log(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    orders = _item(jenkins, "apps/payments/orders")
    _item(jenkins, "apps/sales/shop").indexing = SCANS["/job/apps/job/orders/indexing/consoleText", "SUCCESS"]
    orders.indexing = FAILED
    rows = {each["path"]: each for each in json.loads(kit("jobs", "status", "--json").out)}
    assert rows["apps/payments/orders"]["state"] == "scan failed"
    assert rows["apps/sales/shop"]["state"] == "never built"
    shown = kit("jobs", "status").out
    log = f"{jenkins.url}/job/apps/job/payments/job/orders/indexing/console"
    assert f"scan failed: {log}\n" in shown
    assert "2 jobs, 1 not well, 0 missing" in shown


def test_an_account_that_may_not_see_folders_is_told_of_rights(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    jenkins.state.find("apps").children.pop("payments")  # type: ignore[union-attr]
    ran = kit("jobs", "status")
    assert "2 jobs, 0 not well, 0 missing, 1 not seen" in ran.out
    assert "anonymous access does not see apps/payments: an administrator grants Job/Read there" in ran.err
    assert "makes what is missing" not in ran.err
