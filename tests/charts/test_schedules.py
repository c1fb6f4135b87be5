"""Schedules in our charts' values: what Kubernetes' CronJob takes, in the words of `app.yaml`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.reading.chart.declared import forbidden
from pipelinekit.reading.schema.cron import CRON
from tests.charts.helm import Helm, check_refused
from tests.pages.charts import CHARTS

WRONG = ["60 * * * *", "0 3 * *", "0 3 * * 7", "H 3 * * *"]


def schema_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def schedules(part: Any) -> Iterator[dict[str, Any]]:
    """What a schema says of each value of that name."""
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from schedules(each)
    if isinstance(part, dict) and isinstance(part.get("properties"), dict):
        yield from (each for name, each in part["properties"].items() if name == "schedule")


SCHEMAS = [
    each for each in sorted(CHARTS.glob("*/chart/values.schema.json")) if '"schedule"' in each.read_text()
]


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda each: each.parts[-3])
def test_every_chart_takes_what_a_cronjob_takes(path: Path) -> None:
    schema = schema_of(path)
    for each in schedules(schema):
        assert each == {"$ref": "#/$defs/schedule"}
    said = schema["$defs"]["schedule"]
    assert (said["pattern"], said["patternErrorMessage"]) == CRON


@pytest.mark.parametrize("wrong", WRONG)
def test_what_no_cronjob_takes_is_told_at_its_line(wrong: str) -> None:
    text = (CHARTS / "postgresql/chart/values.schema.json").read_text()
    (fault,) = forbidden(f'backup:\n  schedule: "{wrong}"\n', "values.yaml", text)
    assert fault.place is not None
    assert fault.place.line == 2
    assert fault.hint == f"expected: {CRON[1]}"


@pytest.mark.parametrize("wrong", WRONG)
def test_helm_takes_none_either(helm: Helm, whole: Callable[[Path], Path], wrong: str) -> None:
    check_refused(helm, whole(CHARTS / "postgresql" / "chart"), {"backup": {"schedule": wrong}})
