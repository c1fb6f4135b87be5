"""Values that documents give to components: each file is one that Helm can read, and our charts take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.disk import files
from pipelinekit.errors import DocumentInvalid, Fault
from pipelinekit.reading import needs
from pipelinekit.reading.chart import declared, references
from pipelinekit.reading.chart.values import doubled
from pipelinekit.reading.document.faults import position
from pipelinekit.reading.document.source import parse

if TYPE_CHECKING:
    from pipelinekit.adapters.folder.components import ComponentFolder
    from pipelinekit.model.platform.document import Platform


def faults(
    platform: Platform,
    described: Mapping[str, needs.Described],
    folders: Mapping[str, ComponentFolder],
    folder: Path,
) -> Iterator[Fault]:
    """Of the components that are on, each at its line; `folder` is the one that platform.yaml is in.

    An upstream chart is held against by `platform vendor`, which has its archive.
    """
    for entry in needs.enabled(platform):
        if entry.name not in described:
            continue
        own, component = folders[entry.name].path, described[entry.name].component
        named = [own / component.values] if component.values else []
        named += [folder / entry.values] if entry.values else []
        given = [each for each in named if files.is_there(each)]
        schema = own / component.chart / "values.schema.json"
        known = files.read_text(schema) if given and component.chart and files.is_there(schema) else ""
        for each in given:
            yield from _read(each, known)
        # Those of the charts that come with pipelinekit are held against by its tests.
        charts = (component.chart, component.policies) if own.is_relative_to(folder) else ()
        for each in (own / chart for chart in charts if chart):
            if files.is_there(each / "values.yaml"):
                yield from _read(each / "values.yaml", "")
            if files.is_there(each / "values.schema.json"):
                yield from _remote(each / "values.schema.json")


def _remote(schema: Path) -> Iterator[Fault]:
    """What of a chart's schema Helm would ask a server for."""
    text = files.read_text(schema)
    if led := references.remote(text):
        source = parse(text, str(schema))
        yield from (references.told(source.place(path), path, address) for path, address in led)


def _read(file: Path, schema: str) -> Iterator[Fault]:
    """What is wrong with a file of values, as it stands there."""
    text, origin = files.read_text(file), str(file)
    try:
        found = [*declared.forbidden(text, origin, schema), *doubled(text, origin)]
    except DocumentInvalid as error:
        found = list(error.faults)
    yield from sorted(found, key=position)
