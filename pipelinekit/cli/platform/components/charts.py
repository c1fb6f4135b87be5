"""What is wrong with the charts of a component before one of them is packaged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.errors import Fault

if TYPE_CHECKING:
    from pipelinekit.adapters.folder.components import ComponentFolder
    from pipelinekit.adapters.folder.libraries import Libraries
    from pipelinekit.reading import needs


def one_archive(described: needs.Described, folder: ComponentFolder) -> list[Fault]:
    """The fault of a component whose two charts would be one: each would be written over the other."""
    component = described.component
    if not component.policies or not (component.chart or component.archive):
        return []
    archive, policies = component.archive, folder.chart(component.policies)
    chart = (archive.name, archive.version) if archive else folder.chart(component.chart)
    if chart is None or chart != policies:
        return []
    problem = f"it is the chart {' '.join(chart)}, and so is what the component itself is"
    hint = f"name it {chart[0]}-policies in its Chart.yaml: of two charts each has its own archive"
    return [described.source.found(("policies",), "chart-twice", problem, hint)]


def without_library(
    described: needs.Described, folder: ComponentFolder, known: Libraries, platform: Path | None
) -> Iterator[Fault]:
    """What the charts of a component are made with, and is not there."""
    from pipelinekit.adapters.folder.components import require_inside

    for chart in (described.component.chart, described.component.policies):
        if chart:
            if platform is not None:
                require_inside(platform, known.documents(folder.path / chart))
            yield from known.faults(folder.path / chart)
