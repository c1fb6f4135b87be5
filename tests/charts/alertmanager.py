"""Alertmanager's chart as its tests render it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.charts.helm import Helm, Object
from tests.pages.charts import CHARTS

CHART = CHARTS / "alertmanager" / "chart"
Made = Callable[..., list[Object]]
"""`made(values, file)`: what the chart renders with values over those of `ci/`."""


def maker(helm: Helm, chart: Path) -> Made:
    """That of a chart with its libraries."""

    def of(values: Mapping[str, Any], file: str = "production") -> list[Object]:
        return helm.objects(
            chart, values, files=[chart / "ci" / f"{file}-values.yaml"], release="alertmanager"
        )

    return of


def configured(objects: list[Object], folder: Path) -> Path:
    """The configuration, in a folder where the program finds what belongs to it."""
    (files,) = [each["data"] for each in objects if "alertmanager.yml" in each.get("data", {})]
    for name, text in files.items():
        (folder / name).write_text(text.replace("/etc/alertmanager/", f"{folder}/"))
    return folder / "alertmanager.yml"
