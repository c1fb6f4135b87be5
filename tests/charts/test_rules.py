"""The alerts of Prometheus, by the tests that promtool runs: each fires when it should, and not before."""

from __future__ import annotations

import re
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
OF_ITSELF = frozenset(("TargetDown",))
"""Alerts of what any pod may tell: each names the target that it is from."""
each_group = pytest.mark.parametrize("group", GROUPS)


def alerts(group: str) -> list[dict[str, Any]]:
    """The rules of a group's file."""
    (only,) = yaml.safe_load((RULES / f"{group}.yaml").read_text())["groups"]
    assert only["name"] == group
    return list(only["rules"])


@each_group
def test_they_fire_when_they_should(group: str) -> None:
    checked(TESTS / f"{group}.yaml")


@each_group
def test_no_pod_of_anybody_s_fires_one(group: str, tmp_path: Path) -> None:
    document = guarded(group)
    for each in document["tests"]:
        each["input_series"] = [{**one, "series": of_a_pod(one["series"])} for one in each["input_series"]]
        for alert in each["alert_rule_test"]:
            alert["exp_alerts"] = alert["exp_alerts"] if alert["alertname"] == "Watchdog" else []
    checked(written(document, tmp_path))


@each_group
@pytest.mark.parametrize("value", ["0", "1", "2", "1e15"])
def test_no_pod_of_anybody_s_silences_one(group: str, value: str, tmp_path: Path) -> None:
    document = guarded(group)
    for each in document["tests"]:
        own = [one["series"] for one in each["input_series"]]
        beside = dict.fromkeys(map(of_a_pod, own), f"{value}x600")
        each["input_series"] += [
            {"series": one, "values": values} for one, values in beside.items() if one not in own
        ]
    checked(written(document, tmp_path))


def guarded(group: str) -> dict[str, Any]:
    """The tests of a group, without those of alerts that name a pod's own target."""
    document = dict(yaml.safe_load((TESTS / f"{group}.yaml").read_text()))
    document["rule_files"] = [str(RULES / f"{group}.yaml")]
    for each in document["tests"]:
        kept = [one for one in each["alert_rule_test"] if one["alertname"] not in OF_ITSELF]
        each["alert_rule_test"] = kept
    return document


def of_a_pod(series: str) -> str:
    """The same, as Prometheus has it of a pod that somebody has annotated."""
    bare = re.sub(r'\bjob="[^"]*",?', "", series.removesuffix("}")).rstrip(",")
    return f'{bare}{"," if "=" in bare else "" if "{" in bare else "{"}job="pods"}}'


def written(document: dict[str, Any], folder: Path) -> Path:
    path = folder / "tests.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def checked(path: Path) -> None:
    words = [str(promtool()), "test", "rules", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
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
