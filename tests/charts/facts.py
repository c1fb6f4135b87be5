"""What is known of components, and where what is rendered says so: `facts.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelinekit.reading.chart.values import overlay, read_values
from tests.charts.helm import Object
from tests.pages.charts import CHARTS

FACTS: Mapping[str, list[Mapping[str, Any]]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())
SHORT = {"POD": "spec/template/spec", "CONTAINER": "spec/template/spec/containers"}


def wrong(fact: Mapping[str, Any], folder: Path, name: str) -> str:
    """Why a fact is none of a component as it is rendered in a platform's folder, or nothing."""
    if fact["in"] == "values":
        found = [at(_values(folder, name), fact["at"])]
    elif fact["in"].startswith("file "):
        found = [(CHARTS / name / fact["in"].removeprefix("file ")).read_text()]
    else:
        found = [at(each, fact.get("at", "")) for each in _objects(folder, name, fact["in"])]
    if "same" in fact:
        kind, other = fact["same"].split()
        wanted = [at(each, fact["at"]) for each in _objects(folder, other, f"{kind} {other}")]
        return "" if found == wanted and found else f"{fact['fact']}: {found}, not {wanted}"
    told = any(_told(fact, each) for each in found)
    return "" if told else f"{fact['fact']}: {str(found)[:300]}"


def _told(fact: Mapping[str, Any], value: Any) -> bool:
    if "is" in fact:
        return bool(value == fact["is"])
    if "least" in fact:
        return isinstance(value, int) and value >= fact["least"]
    if "lacks" in fact:
        return value is not None and fact["lacks"] not in str(value)
    return fact["holds"] in str(value)


def at(value: Any, path: str) -> Any:
    """What a path leads to; None where it leads nowhere."""
    first, _, rest = path.partition("/")
    for step in f"{SHORT.get(first, first)}/{rest}".strip("/").split("/") if path else ():
        if isinstance(value, list):
            named = [each for each in value if isinstance(each, dict) and each.get("name") == step]
            value = (
                named[0] if named else value[int(step)] if step.isdigit() and int(step) < len(value) else None
            )
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _objects(folder: Path, name: str, what: str) -> Iterator[Object]:
    kind, _, called = what.partition(" ")
    text = (folder / "rendered" / f"{name}.yaml").read_text()
    for each in yaml.load_all(text, Loader=yaml.CSafeLoader):
        if each and each["kind"] == kind and called in ("", each["metadata"]["name"]):
            yield each


def _values(folder: Path, name: str) -> Any:
    own = CHARTS / name / "values.yaml"
    base = own if own.exists() else CHARTS / name / "chart" / "values.yaml"
    given = folder / f"{name}.yaml"
    return overlay(read_values(base.read_text(), str(base)), read_values(given.read_text(), str(given)))
