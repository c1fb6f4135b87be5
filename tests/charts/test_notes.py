"""What comes with each chart of ours: notes on how to get in, by names that are there; a closed schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.charts.helm import Helm, pod_of
from tests.charts.test_platform_charts import each_case, each_chart, running

MADE_BY_OPERATORS = {"dse"}
"""Whose pods and Services an operator makes, under names that no object of the chart has."""

RELEASE, SPACE = "acme-two", "somewhere"
"""Another release's than the chart's own name, and a namespace that no component has: notes name these."""
LOOKED_AT = {"prometheus": "/consoles/index.html", "logs": 'In Kibana: Dashboards, "Log lines"'}
"""Where pages and saved objects are that charts bring with them."""
OPEN = {
    "global": "Helm gives it to every chart",
    "tolerations[]": "Kubernetes' own words, as its API has them",
    "server": "it and what is in it are of platform.yaml, whose own schema is held against them",
}
"""Mappings of which a schema says no more than that they are some, by the value or the first word of it."""


@each_chart
def test_its_schema_is_closed(chart: Path) -> None:
    schema = json.loads((chart / "values.schema.json").read_text())
    assert [each for each in ajar(schema, "") if not {each, each.split(".")[0]} & {*OPEN}] == []
    # And says so of what the values have, and of nothing that they have not.
    assert {*schema["properties"]} - {"global", "pk-common"} == {
        *yaml.safe_load((chart / "values.yaml").read_text())
    }


def ajar(schema: Any, path: str) -> Iterator[str]:
    """Each mapping that takes any key with anything in it, by the path of its value."""
    named = schema.get("properties", {})
    free = schema.get("additionalProperties", True)
    if schema.get("type") == "object" and free is True:
        yield path.removeprefix("pk-common.")
    for name, each in named.items():
        yield from ajar(each, f"{path}.{name}".lstrip("."))
    if isinstance(free, dict):
        yield from ajar(free, f"{path}.*")
    if isinstance(schema.get("items"), dict):
        yield from ajar(schema["items"], f"{path}[]")
    for name, each in schema.get("$defs", {}).items():
        yield from ajar(each, f"$defs.{name}")


@each_case
def test_they_say_how_to_get_in(helm: Helm, chart: Path, file: Path) -> None:
    text = notes(helm, chart, file)
    where = text.splitlines()[0]
    assert re.search(r"\bat https?://|\.somewhere[.:]| is https?://", where) or chart.parent.name == "logs", (
        where
    )
    assert "    kubectl " in text or re.search(r"^    \S*https?://", text, re.MULTILINE)
    assert "%!" not in text
    assert "<no value>" not in text
    if "production" in file.stem:
        assert LOOKED_AT.get(chart.parent.name, "") in text


@each_case
def test_what_they_name_is_there(helm: Helm, chart: Path, file: Path) -> None:
    text = notes(helm, chart, file)
    objects = helm.objects(chart, {}, files=[file], release=RELEASE)
    there = {f"{each['kind'].lower()}/{each['metadata']['name']}" for each in objects}
    own = set(re.findall(r"create job (\S+)", text))
    named = set(re.findall(r"\b((?:service|cronjob|deployment)/[a-z0-9-]+)", text))
    named |= {f"statefulset/{each}" for each in re.findall(r"scale statefulset (\S+)", text)}
    named |= {f"serviceaccount/{each}" for each in re.findall(r"create token (\S+)", text)}
    assert named <= there
    for each in re.findall(r"^ +kubectl (.+)", text, re.MULTILINE):
        assert each.startswith((f"--namespace {SPACE} ", f"label namespace {SPACE} ")), each
    assert set(re.findall(r"\bjob/([a-z0-9-]+)", text)) <= own
    # What runs when it is asked to: each of them is said, or that there is none.
    jobs = {each for each in there if each.startswith("cronjob/")}
    assert jobs <= named or "There is no backup of it here." in text
    secrets = set(re.findall(r"(?:Secret|get secret) ([a-z0-9.-]*[a-z0-9])", text))
    assert secrets <= set(referred(objects))
    if chart.parent.name not in MADE_BY_OPERATORS:
        for pod, container in re.findall(r"exec (?:-it )?(\S+)-0(?: -c (\S+))?", text):
            (server,) = [each for each in running(objects) if each["metadata"]["name"] == pod]
            names = [each["name"] for each in pod_of(server)["containers"]]
            assert (container or names[0]) in names


def notes(helm: Helm, chart: Path, file: Path) -> str:
    """What Helm prints at the end."""
    where = ("--namespace", SPACE, "--values", str(file))
    said = helm.run("install", RELEASE, str(chart), "--dry-run=client", *where)
    assert said.code == 0, said.err
    return said.out.partition("\nNOTES:\n")[2]


def referred(value: Any) -> Iterator[str]:
    """Every Secret that objects of a release name, whichever way."""
    if isinstance(value, list):
        for each in value:
            yield from referred(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == "secretName" and isinstance(each, str):
                yield each
            elif key in ("secret", "secretKeyRef", "secretRef", "superuserSecretRef") and isinstance(
                each, dict
            ):
                yield from (each[one] for one in ("name", "secretName") if isinstance(each.get(one), str))
            yield from referred(each)
