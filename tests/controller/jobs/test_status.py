"""How the jobs are: built, failing, never built, missing, not to be scanned."""

from __future__ import annotations

import json

from tests.controller.conftest import Platform
from tests.controller.jobs.looks import Kit, item_of
from tests.controller.recorded import RECORDINGS
from tests.controller.server import Controller


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


RECORDED = json.loads((RECORDINGS / "multibranch.json").read_text())
SCANS = {
    (each["path"], each["response"]["body"].rstrip().rpartition(" ")[2]): each["response"]["body"]
    for each in RECORDED["exchanges"]
    if each["path"].endswith("/indexing/consoleText")
}
FAILED = SCANS["/job/apps/job/broken/indexing/consoleText", "FAILURE"]
"""What a real controller wrote as it could not reach a repository."""


def test_a_repository_that_cannot_be_scanned_is_told_with_its_log(jenkins: Controller, kit: Kit) -> None:
    kit("jobs", "apply", "--yes")
    orders = item_of(jenkins, "apps/payments/orders")
    item_of(jenkins, "apps/sales/shop").indexing = SCANS[
        "/job/apps/job/orders/indexing/consoleText", "SUCCESS"
    ]
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
