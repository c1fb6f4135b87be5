"""Files that the documents of components name, and that are not there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.disk import files
from pipelinekit.errors import Fault

if TYPE_CHECKING:
    from pipelinekit.adapters.folder.components import ComponentFolder
    from pipelinekit.model.platform.document import Platform
    from pipelinekit.reading.document.source import Source
    from pipelinekit.reading.needs import Described


def faults(
    platform: Platform,
    source: Source,
    described: Mapping[str, Described],
    folders: Mapping[str, ComponentFolder],
    folder: Path | None,
) -> Iterator[Fault]:
    """Of the components that are on, each at its line; `folder` is the one that platform.yaml is in."""
    for index, entry in enumerate(platform.components):
        if not entry.enabled or entry.name not in described:
            continue
        if folder is not None and entry.values:
            yield from _no_values(source, ("components", index, "values"), folder / entry.values)
        own, about = folders[entry.name], described[entry.name]
        if about.component.values:
            yield from _no_values(about.source, ("values",), own.path / about.component.values)
        for key, chart in (("chart", about.component.chart), ("policies", about.component.policies)):
            if chart:
                yield from _no_chart(about.source, key, own.path / chart)


def _no_values(source: Source, path: tuple[str | int, ...], file: Path) -> Iterator[Fault]:
    if not files.is_there(file):
        problem = f"{file} is no file" if os.path.exists(file) else f"there is no {file}"  # noqa: PTH110
        hint = "write that file, name another one, or remove the key"
        yield source.found(path, "values-missing", problem, hint)


def _no_chart(source: Source, key: str, folder: Path) -> Iterator[Fault]:
    if not files.is_there(folder / "Chart.yaml"):
        hint = "it names the folder of a chart, beside component.yaml"
        yield source.found((key,), "chart-missing", f"there is no {folder}/Chart.yaml", hint)
