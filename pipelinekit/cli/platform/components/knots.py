"""What is at or below Nexus and says, in its document or its values, that it pulls from it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.folder.components import ComponentFolder
from pipelinekit.errors import Fault
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.bundle import knot
from pipelinekit.plan.rollout.order import order_of
from pipelinekit.reading.chart.pulled import written
from pipelinekit.reading.needs import Described, enabled, rolled_out


def faults(
    platform: Platform,
    described: Mapping[str, Described],
    folders: Mapping[str, ComponentFolder],
    folder: Path,
) -> tuple[Fault, ...]:
    """The faults of the components that are rolled out; their needs go in no circle.

    Nothing is rendered: what a chart says by itself is seen when the platform is planned. None where nobody
    says where Nexus is.
    """
    if platform.nexus is None:
        return ()
    entries = {
        each.name: each
        for each in enabled(platform)
        if each.name in described and rolled_out(each, described[each.name].component)
    }
    order = order_of(described[name].component for name in entries)
    said = {}
    for name in knot.tied(order):
        component, theirs = described[name].component, entries[name].values
        named = [folders[name].path / component.values] if component.values else []
        named += [folder / theirs] if theirs else []
        layers = [(files.read_text(each), str(each)) for each in named if files.is_there(each)]
        said[name] = written(described[name].source, layers)
    return knot.faults(order, {name: [*each] for name, each in said.items()}, platform, said)
