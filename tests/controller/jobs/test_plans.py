"""A plan on disk: done exactly, gone on with, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.controller.conftest import Platform
from tests.controller.faults import Fault
from tests.controller.jobs.looks import Kit, actions_of, edit, item_of
from tests.controller.server import Controller


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
    edit(item_of(jenkins, "apps/payments/orders"), "orphanedItemStrategy/daysToKeep", "1")
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
    assert actions_of(kit("jobs", "plan", "--json")) == {}


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
