"""Values that documents give to components: each file is one that Helm can read, and our charts take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters import files
from pipelinekit.errors import DocumentInvalid, Fault
from pipelinekit.reading import needs
from pipelinekit.reading.chart import declared

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
        given = [each for each in named if each.is_file()]
        schema = own / component.chart / "values.schema.json"
        known = files.read_text(schema) if given and component.chart and schema.is_file() else ""
        for each in given:
            try:
                yield from declared.forbidden(files.read_text(each), str(each), known)
            except DocumentInvalid as error:
                yield from error.faults
