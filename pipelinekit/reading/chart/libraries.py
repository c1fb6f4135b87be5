"""Library charts that a chart is made with: named in its Chart.yaml, found where components are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pipelinekit.errors import Fault
from pipelinekit.names import nearest
from pipelinekit.reading.chart.values import read_values
from pipelinekit.reading.document.source import parse

ABOVE = "file://../../"
"""Where a component's chart has them, as Helm writes it: beside the component's folder."""


def libraries_in(text: str, origin: str) -> tuple[str, ...]:
    """The names of those that a Chart.yaml or Chart.lock names; raises `DocumentInvalid` for no mapping."""
    return tuple(name for _, name, _ in _named(text, origin))


def check_libraries(
    text: str, origin: str, versions: Mapping[str, str], known: Collection[str]
) -> list[Fault]:
    """Each that a Chart.yaml or Chart.lock names and that is not there, or there in another version.

    `versions` has the version of each that is there and named, `known` are the names of all. Raises
    `DocumentInvalid` for no mapping.
    """
    faults = []
    for index, name, version in _named(text, origin):
        source, path = parse(text, origin), ("dependencies", index)
        if name not in versions:
            problem = f"there is no library chart '{name}'"
            hint = nearest(name, known)
            faults.append(source.found((*path, "name"), "library-chart-unknown", problem, hint))
        elif version != versions[name]:
            faults.append(
                source.found(
                    (*path, "version"),
                    "library-chart-version",
                    f"it is made with {name} {version}, and there is {versions[name]}",
                    hint="look at what has changed in it, write that version into Chart.yaml, raise the"
                    " chart's own one, and have `helm dependency update` write a Chart.lock anew",
                )
            )
    return faults


def _named(text: str, origin: str) -> Iterator[tuple[int, str, str]]:
    """Place, name and version of each."""
    said: Any = read_values(text, origin).get("dependencies")
    for index, each in enumerate(said if isinstance(said, list) else ()):
        name = each.get("name") if isinstance(each, dict) else None
        if isinstance(name, str) and each.get("repository") == ABOVE + name:
            yield index, name, str(each.get("version", ""))
