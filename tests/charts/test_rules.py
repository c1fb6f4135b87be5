"""The alerts of Prometheus, by the tests that promtool runs: each fires when it should, and not before."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pages.charts import CHARTS
from tests.real.prometheus import promtool

RULES = CHARTS / "prometheus" / "chart" / "files" / "rules"
TESTS = Path(__file__).parent / "rules"
GROUPS = sorted(each.stem for each in RULES.iterdir())
each_group = pytest.mark.parametrize("group", GROUPS)


def alerts(group: str) -> list[dict[str, Any]]:
    """The rules of a group's file."""
    (only,) = yaml.safe_load((RULES / f"{group}.yaml").read_text())["groups"]
    assert only["name"] == group
    return list(only["rules"])


@each_group
def test_they_fire_when_they_should(group: str) -> None:
    done = subprocess.run(
        [str(promtool()), "test", "rules", str(TESTS / f"{group}.yaml")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@each_group
def test_each_is_seen_to_fire_and_says_what_to_do(group: str) -> None:
    document = yaml.safe_load((TESTS / f"{group}.yaml").read_text())
    fired = {
        each["alertname"]
        for one in document["tests"]
        for each in one["alert_rule_test"]
        if each["exp_alerts"]
    }
    assert fired == {each["alert"] for each in alerts(group)}
    for each in alerts(group):
        # The one that always fires is for nobody to act on.
        severities = ("none",) if each["alert"] == "Watchdog" else ("warning", "critical")
        assert each["labels"]["severity"] in severities
        assert {*each["annotations"]} == {"summary", "next"}


def test_what_has_no_test_has_no_rule() -> None:
    assert sorted(each.stem for each in TESTS.iterdir()) == GROUPS
