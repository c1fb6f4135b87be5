"""Values that a component wants of the platform before it can be on, and that nobody gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.source import platforms
from pipelinekit.errors import Fault
from pipelinekit.reading import needs
from pipelinekit.reading.chart.values import overlay, read_values
from pipelinekit.reading.document.source import parse

if TYPE_CHECKING:
    from pipelinekit.adapters.folder.components import ComponentFolder
    from pipelinekit.model.platform.document import Platform
    from pipelinekit.reading.document.source import Source

_DIGEST = "digest"
_SAYS = "`pipelinekit registry copy SOURCE TARGET` or your registry"


def faults(
    platform: Platform,
    source: Source,
    described: Mapping[str, needs.Described],
    folders: Mapping[str, ComponentFolder],
    folder: Path,
) -> Iterator[Fault]:
    """Of the components that are on, each at its line; `folder` is the one that platform.yaml is in.

    Their values have been read before, and could be. What stands there and is empty is told where it stands.
    """
    for index, entry in enumerate(platform.components):
        component = described[entry.name].component if entry.name in described else None
        if not entry.enabled or component is None or not component.wants:
            continue
        own = folders[entry.name].path
        named = [own / component.values] if component.values else []
        theirs = folder / entry.values if entry.values else None
        if theirs is not None and not files.is_there(theirs):
            # That is told, and is all that is to be mended first.
            continue
        named += [theirs] if theirs else []
        if component.chart and any(each.when for each in component.wants):
            # What is on where nobody says so is said by the chart alone.
            named.insert(0, own / component.chart / "values.yaml")
        values: dict[str, object] = {}
        for each in named:
            if files.is_there(each):
                values = overlay(values, read_values(files.read_text(each), str(each)))
        lacks = needs.lacking(component, values)
        written = parse(files.read_text(theirs), str(theirs)) if lacks and theirs else None
        for want in lacks:
            steps = tuple(want.value.strip("/").split("/"))
            problem = f"'{entry.name}' is on, and {want.what} is not given"
            key, where = ".".join(steps), entry.values or "the file that values: names"
            hint = f"`{key}` in {where}, or enabled: false"
            if steps[-1] == _DIGEST:
                hint = f"`{key}: sha256:…` in {where}, as {_SAYS} says it, or enabled: false"
            if written and written.key(steps):
                yield written.found(steps, "value-wanted", problem, f"{hint} in {platforms.FILE}")
            else:
                yield source.found(("components", index, "name"), "value-wanted", problem, f"{hint} here")
