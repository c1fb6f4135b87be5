"""The table of docs/components.md, cell by cell, against what documents declare and tests run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
CHARTS = ROOT / "platform-charts"
UNDEFINED = "billing"
"""An extension point, of which there is nothing to say."""
VERSION = re.compile(r"\b\d+\.\d+\.\d+(?:\.\d+)*\b")


@cache
def table() -> dict[str, dict[str, str]]:
    """Each component's row, by the words of the head."""
    lines = (ROOT / "docs" / "components.md").read_text().splitlines()
    head, _, *rows = [
        [each.strip() for each in line.strip("|").split("|")] for line in lines if line[:1] == "|"
    ]
    return {row[0].strip("`"): dict(zip(head, row, strict=True)) for row in rows}


def documents() -> dict[str, dict[str, Any]]:
    """What each component declares."""
    paths = CHARTS.glob("*/component.yaml")
    return {each.parent.name: dict(yaml.safe_load(each.read_text())) for each in paths}


@cache
def sources() -> str:
    """Whatever says which version a component is, or which one the tests run."""
    places = (
        *CHARTS.glob("*/*.yaml"),
        *CHARTS.glob("*/*/*.yaml"),
        *CHARTS.glob("*/*.md"),
        *ROOT.glob("tests/testbed/**/*.py"),
        *ROOT.glob("tests/testbed/**/Dockerfile"),
    )
    return "\n".join(each.read_text() for each in places)


each_component = pytest.mark.parametrize("name", sorted({*documents()} - {UNDEFINED}))


def test_every_component_has_one_row() -> None:
    assert sorted(table()) == sorted(documents())
    words = "chart policies metrics logs backup restore identity TLS"
    assert {*words.split(), "really run"} <= {*table()["postgresql"]}


@each_component
def test_its_row_says_what_its_document_does(name: str) -> None:
    row, declared = table()[name], documents()[name]
    assert (row["chart"] == "own") == (declared.get("chart") == "chart")
    assert row["policies"].startswith("own release") == ("policies" in declared)
    other = re.fullmatch(r"by .* of the component `([\w-]+)`", row["metrics"])
    unread = other or row["metrics"].startswith("none") or row["metrics"].endswith("not read here")
    assert bool(unread) == (not declared.get("scrape"))
    assert not other or documents()[other[1]].get("scrape")
    before_a_change = "cronjob" in declared.get("backup", {})
    assert ("before each change" in row["backup"]) == before_a_change
    assert row["logs"].startswith(("text", "JSON", "none", "its pod"))


@each_component
def test_its_row_claims_a_run_where_a_test_runs_it(name: str) -> None:
    said = table()[name]["really run"]
    real = ROOT / "tests" / "real" / "components"
    tests = [
        each for each in real.glob("test_*.py") if each.stem.startswith(f"test_{name}".replace("-", "_"))
    ]
    assert said
    assert not said.startswith("on a real cluster") or tests
    assert [each for each in VERSION.findall(said) if each not in sources()] == []
