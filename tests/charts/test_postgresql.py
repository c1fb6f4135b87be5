"""PostgreSQL's chart: what its values may say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.charts.helm import Helm, check_refused, pod_of
from tests.pages.charts import CHARTS

SETTINGS: list[dict[str, Any]] = [
    {"databases": [{"name": "x'; DROP DATABASE y", "secret": "s"}]},
    {"databases": [{"name": "postgres", "secret": "s"}]},
    {"databases": [{"name": "x", "role": "pg_monitor", "secret": "s"}]},
    {"databases": [{"name": "a|b", "secret": "s"}]},
    {"settings": {"hba_file": "/tmp/x"}},
    {"settings": {"include": "/tmp/x"}},
    {"settings": {"x": "a\nb"}},
    {"restore": {"from": "../../etc"}},
    {"backup": {"schedule": "a\nb"}},
]


@pytest.mark.parametrize("wrong", SETTINGS, ids=str)
def test_it_takes_no_value_that_files_or_sql_take_for_more(
    helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]
) -> None:
    check_refused(helm, whole(CHARTS / "postgresql" / "chart"), wrong)


@pytest.mark.parametrize(("on", "told"), [(True, "true"), (False, "false")])
def test_it_says_of_its_metrics_whether_they_are_there(
    helm: Helm, whole: Callable[[Path], Path], on: bool, told: str
) -> None:
    chart = whole(CHARTS / "postgresql" / "chart")
    given = {"metrics": {"enabled": on, "image": {"digest": f"sha256:{64 * '0'}"}}}
    file = chart / "ci" / "single-node-values.yaml"
    objects = helm.objects(chart, given, files=[file], release="postgresql")
    (server,) = [each for each in objects if each["kind"] == "StatefulSet"]
    assert server["spec"]["template"]["metadata"]["annotations"]["prometheus.io/scrape"] == told
    ports = [one["containerPort"] for each in pod_of(server)["containers"] for one in each["ports"]]
    assert sorted(ports) == [5432, 9187], "what its component.yaml declares is opened to somebody"
