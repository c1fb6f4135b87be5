"""A generated chart on disk, and what Helm makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import chart as chart_generator
from pipelinekit.merge.keys import set_keys
from pipelinekit.model.app import App, Process
from pipelinekit.render import render
from tests import examples
from tests.charts.helm import Helm, Object, name_of
from tests.charts.test_family import GIVEN
from tests.golden import trees


def chart_of(app: App, folder: Path) -> Path:
    """The generated chart of an application, on disk."""
    trees.rewrite(folder, render(chart_generator.plan(app, examples.site()), templates()))
    return folder / "charts" / app.name


def stamp(chart: Path, keys: dict[tuple[str, ...], str]) -> None:
    """Set keys of Chart.yaml, as `package` does."""
    metadata = chart / "Chart.yaml"
    metadata.write_text(set_keys(metadata.read_text(), keys, "Chart.yaml"))


def by_name(objects: list[Object]) -> dict[str, Object]:
    return {name_of(each): each for each in objects}


def one(helm: Helm, folder: Path, process: Process, **fields: Any) -> dict[str, Object]:
    """What an application of one process becomes."""
    app = examples.app(processes={process.name: process}, **fields)
    return by_name(helm.objects(chart_of(app, folder), GIVEN))
