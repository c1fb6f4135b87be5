"""How large a YAML text gets when its aliases are written out, asked before anything of it is built."""

from __future__ import annotations

from typing import Any

import yaml

from pipelinekit.counts import counted
from pipelinekit.errors import Fault, Place
from pipelinekit.reading.document.scalars import TAG, is_word

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where there is one."""


_STR = f"{TAG}str"


def _resolve(self: Any, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
    """A scalar's tag, which the parser asks for one by one: of a word it is known, of others once."""
    if kind is not yaml.ScalarNode or not implicit[0]:
        return str(_PARSER.resolve(self, kind, value, implicit))
    if is_word(value):
        return _STR
    tag = self.known.get(value)
    if tag is None:
        tag = self.known[value] = _PARSER.resolve(self, kind, value, implicit)
    return str(tag)


def _init(self: Any, stream: str) -> None:
    _PARSER.__init__(self, stream)
    self.known = {}


LOADER: Any = type("Loader", (_PARSER,), {"__init__": _init, "resolve": _resolve})
"""The parser, which looks up once what stands in a text often."""


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
