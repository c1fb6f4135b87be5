"""How large a YAML text gets when its aliases are written out, asked before anything of it is built."""

from __future__ import annotations

from typing import Any

import yaml

from pipelinekit.counts import counted
from pipelinekit.errors import Fault, Place

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where there is one."""


def outgrown(text: str, origin: str, nodes: int, depth: int) -> Fault | None:
    """The fault of a YAML text with more values or levels than that, found without building any of them.

    An alias counts as all that it stands for, as often as it is used. Raises `YAMLError` for what is no YAML.
    """
    totals: list[int] = [0]
    named: dict[str, int] = {}
    names: list[str | None] = []
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            totals.append(1)
            names.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            count, name = totals.pop(), names.pop()
            if name:
                named[name] = count
            totals[-1] += count
        elif isinstance(event, yaml.AliasEvent):
            totals[-1] += named.get(event.anchor or "", 1)
        elif isinstance(event, yaml.ScalarEvent):
            totals[-1] += 1
        if totals[-1] > nodes or len(totals) - 1 > depth:
            mark = event.start_mark
            place = Place(origin, mark.line + 1, mark.column + 1) if mark else Place(origin)
            return too_deep(place, "", nodes, depth)
    return None


def too_deep(place: Place, path: str, nodes: int, depth: int) -> Fault:
    """The fault of a text that grows beyond so many values or levels."""
    problem = f"anchors or nesting grow beyond {counted(nodes, 'value')} or {counted(depth, 'level')}"
    return Fault("yaml-too-deep", problem, place, path, "write the values out")
