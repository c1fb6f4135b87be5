"""Values that a component wants of the platform before it can be on, and that nobody gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.disk import files
from pipelinekit.errors import Fault
from pipelinekit.reading import needs
from pipelinekit.reading.chart.values import overlay, read_values

if TYPE_CHECKING:
    from pipelinekit.adapters.folder.components import ComponentFolder
    from pipelinekit.model.platform.document import Platform
    from pipelinekit.reading.document.source import Source


def faults(
    platform: Platform,
    source: Source,
    described: Mapping[str, needs.Described],
    folders: Mapping[str, ComponentFolder],
    folder: Path,
) -> Iterator[Fault]:
    """Of the components that are on, each at its line; `folder` is the one that platform.yaml is in.

    Their values have been read before, and could be.
    """
    for index, entry in enumerate(platform.components):
        wants = described[entry.name].component.wants if entry.name in described else ()
        if not entry.enabled or not wants:
            continue
        own = described[entry.name].component.values
        named = [folders[entry.name].path / own] if own else []
        named += [folder / entry.values] if entry.values else []
        values: dict[str, object] = {}
        for each in named:
            if files.is_there(each):
                values = overlay(values, read_values(files.read_text(each), str(each)))
        for want in needs.lacking(described[entry.name].component, values):
            key = want.value.strip("/").replace("/", ".")
            problem = f"'{entry.name}' is on, and {want.what} is not given"
            hint = f"`{key}` in {entry.values or 'the file that values: names'}, or enabled: false here"
            yield source.found(("components", index, "name"), "value-wanted", problem, hint)
