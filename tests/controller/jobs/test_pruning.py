"""Jobs that nobody wants any more: disabled, and deleted when their time has come."""

from __future__ import annotations

import json

from pipelinekit.model.jenkins.marker import read_marker
from tests.controller.conftest import Platform
from tests.controller.jobs.looks import Kit, actions_of, add_credential, item_of
from tests.controller.server import Controller
from tests.controller.state import Item


def _orphan(jenkins: Controller, platform: Platform, kit: Kit, day: str) -> Item:
    """`shop` is no longer registered, and was disabled on that day."""
    for number in range(30):
        platform.application(f"app{number:02d}")
    kit("jobs", "apply", "--yes")
    platform.applications = [each for each in platform.applications if each["name"] != "shop"]
    assert kit("jobs", "apply", "--yes").code == 0
    shop = item_of(jenkins, "apps/sales/shop")
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
    assert actions_of(kit("jobs", "plan", "--json")) == {}


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
    shop = item_of(jenkins, "apps/sales/shop")
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
        item = item_of(jenkins, path)
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
    add_credential(jenkins, "apps/sales")
    shown = kit("jobs", "prune", "--yes")
    assert "holds credentials" in shown.out
    assert jenkins.state.find("apps/sales")


def test_an_application_that_comes_back_is_enabled_again(
    jenkins: Controller, platform: Platform, kit: Kit
) -> None:
    shop = _orphan(jenkins, platform, kit, "2020-01-01")
    platform.application("shop", team="sales")
    plan = kit("jobs", "plan", "--json")
    assert actions_of(plan) == {"apps/sales/shop": "update"}
    assert "wanted again" in plan.out
    kit("jobs", "apply", "--yes")
    assert not shop.disabled
    assert actions_of(kit("jobs", "plan", "--json")) == {}
