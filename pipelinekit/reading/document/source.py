"""YAML text to plain data that knows where each of its parts stood.

Scalars follow YAML 1.2's core schema. What YAML 1.1 readers take differently (`no`, `0123`, `12:30`)
is a fault, because the same file is read by editors, Helm and other people's tools.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import Any

import yaml

from pipelinekit.counts import counted
from pipelinekit.errors import Fault, Place
from pipelinekit.reading.document.growth import LOADER, outgrown, too_deep
from pipelinekit.reading.document.scalars import IMPLIED, NULL, TAG, ambiguous, is_word, plain
from pipelinekit.reading.document.syntax import place_at, syntax_fault
from pipelinekit.records import dataclass

Path = tuple[str | int, ...]

MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a text is read: its characters, and its values; a mapping's keys may count as well."""

    characters: int
    values: int


DOCUMENT = Bounds(characters=1_000_000, values=20_000)
"""What a person writes."""
_SOON = 64 * 1024
"""Characters whose node graph is small, whatever they are; what is longer is counted before it is built."""

_STR = f"{TAG}str"
_TAGS = frozenset(TAG + each for each in ("str", "int", "float", "bool", "null", "seq", "map"))
_BETWEEN = ",:-?[{\n"
"""One of these stands before each value of a text but the first."""

_UNREADABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML allows only as an escape in double quotes."""


def dotted(path: Path) -> str:
    """A path as people write it: `processes.worker.command[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


_Pair = tuple[yaml.Node, yaml.Node]


@dataclass(slots=True)
class Source:
    """A document's data, and the nodes that know where each part of it stood, and how it was written."""

    origin: str
    data: Any = None
    node: yaml.Node | None = None
    fractional: bool = True
    """Whether some number may have a fraction."""
    faults: list[Fault] = field(default_factory=list)
    _pairs: dict[int, dict[str, _Pair]] = field(default_factory=dict, repr=False)
    """Of a mapping that was asked for a key: its keys and values, by their names."""

    def place(self, path: Path) -> Place:
        """Where `path` stands, or the nearest thing around it that stands anywhere."""
        found = list(self._way(path))
        return self._at(found[-1][0]) if found else Place(self.origin)

    def key(self, path: Path) -> Place | None:
        """Where the key at the end of `path` stands; None where there is none."""
        found = list(self._way(path))
        is_key = bool(path) and isinstance(path[-1], str) and len(found) == len(path) + 1
        return self._at(found[-1][0]) if is_key else None

    def value(self, path: Path) -> Place | None:
        """Where the value of `path` stands; None where there is none."""
        found = list(self._way(path))
        return self._at(found[-1][1]) if len(found) == len(path) + 1 else None

    def written(self, path: Path) -> str | None:
        """The scalar at `path` as it is written; None where there is none."""
        found = list(self._way(path))
        node = found[-1][1] if len(found) == len(path) + 1 else None
        return str(node.value) if isinstance(node, yaml.ScalarNode) else None

    def _way(self, path: Path) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """The nodes on the way to `path`, as far as it goes: each key, or item, and its value."""
        node = self.node
        if node is None:
            return
        yield node, node
        for part in path:
            found = self._inside(node, part)
            if found is None:
                return
            yield found
            node = found[1]

    def _inside(self, node: yaml.Node, part: str | int) -> _Pair | None:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            return (node.value[part],) * 2 if part < len(node.value) else None
        if isinstance(node, yaml.MappingNode) and isinstance(part, str):
            if id(node) not in self._pairs:
                # The first of two alike is the one that counts.
                pairs = [(key, value) for key, value in node.value if _is_key(key) and key.value]
                self._pairs[id(node)] = {str(each[0].value): each for each in reversed(pairs)}
            return self._pairs[id(node)].get(part)
        return None

    def _at(self, node: yaml.Node) -> Place:
        return Place(self.origin, node.start_mark.line + 1, node.start_mark.column + 1)

    def found(self, path: Path, code: str, problem: str, hint: str = "") -> Fault:
        """A fault at `path`."""
        return Fault(code, problem, self.place(path), dotted(path), hint)

    def fault(self, path: Path, code: str, problem: str, hint: str = "") -> None:
        """Note a fault at `path`."""
        self.faults.append(self.found(path, code, problem, hint))


def _is_key(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not (node.value == "<<" and not node.style)


def parse(content: bytes | str, origin: str, bounds: Bounds = DOCUMENT) -> Source:
    """The one YAML document in `content`. Never raises: what is wrong with it is in `faults`."""
    source = Source(origin)
    text = _decoded(content, source, bounds)
    if text is None:
        return source
    try:
        # Where few things can stand between values there are few of them, but for aliases: these are counted
        # as they are built.
        is_many = len(text) > _SOON and sum(map(text.count, _BETWEEN)) > bounds.values
        if is_many and (fault := outgrown(text, origin, bounds.values, MAX_DEPTH)):
            source.faults.append(fault)
            return source
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        source.faults.append(syntax_fault(error, text, origin))
        return source
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.style and node.value in NULL):
        hint = "is it saved? an editor may hold what is not on disk yet"
        source.faults.append(Fault("document-empty", "the document is empty", Place(origin, 1, 1), hint=hint))
        return source
    source.node, source.fractional = node, False
    source.data = _Builder(source, bounds.values).build(node)
    return source


def _decoded(content: bytes | str, source: Source, bounds: Bounds) -> str | None:
    """The text, or None with a fault when YAML could make nothing of it."""
    origin = source.origin
    if len(content) > 4 * bounds.characters:
        problem = f"more than {counted(bounds.characters, 'character')}"
        source.faults.append(Fault("document-too-large", problem, Place(origin, 1, 1)))
        return None
    if isinstance(content, bytes):
        try:
            content = content.decode()
        except UnicodeDecodeError as error:
            problem = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
            place = place_at(error.object[: error.start].decode(), origin)
            source.faults.append(Fault("not-utf-8", problem, place, hint="save the file as UTF-8"))
            return None
    if content.startswith("\ufeff"):
        source.faults.append(
            Fault(
                "byte-order-mark",
                "the file begins with a byte-order mark",
                Place(origin, 1, 1),
                hint="save it as UTF-8 without BOM",
            )
        )
        content = content[1:]
    if len(content) > bounds.characters:
        problem = f"more than {counted(bounds.characters, 'character')}"
        source.faults.append(Fault("document-too-large", problem, Place(origin, 1, 1)))
        return None
    unreadable = _UNREADABLE.search(content)
    if unreadable:
        code = f"U+{ord(unreadable[0]):04X}"
        place = place_at(content[: unreadable.start()], origin)
        hint = "where it is meant, write it as an escape in double quotes"
        source.faults.append(Fault("yaml-syntax", f"the character {code} is not allowed", place, hint=hint))
        return None
    return content


class _Builder:
    """Turns a node graph into data, within bounds: an alias counts as often as it is used."""

    def __init__(self, source: Source, most: int) -> None:
        self.source = source
        self.most = most
        self.nodes = 0
        self.open: set[int] = set()
        self.path: list[str | int] = []

    def build(self, node: yaml.Node) -> Any:
        self.nodes += 1
        if self.nodes > self.most or len(self.path) > MAX_DEPTH or id(node) in self.open:
            self._outgrown(node)
            return None
        if isinstance(node, yaml.ScalarNode):
            if node.tag == _STR and (node.style or is_word(node.value)):
                return node.value
            self._check_tag(node)
            return self._scalar(node)
        self._check_tag(node)
        self.open.add(id(node))
        try:
            return self._items(node) if isinstance(node, yaml.SequenceNode) else dict(self._pairs(node))
        finally:
            self.open.discard(id(node))

    def _outgrown(self, node: yaml.Node) -> None:
        faults = self.source.faults
        if not any(fault.code == "yaml-too-deep" for fault in faults):
            faults.append(too_deep(self._at(node), dotted(tuple(self.path)), self.most, MAX_DEPTH))

    def _items(self, node: yaml.SequenceNode) -> list[Any]:
        self.path.append(0)
        found = []
        for index, item in enumerate(node.value):
            self.path[-1] = index
            found.append(self.build(item))
        self.path.pop()
        return found

    def _pairs(self, node: yaml.Node) -> Iterator[tuple[str, Any]]:
        seen: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._told_at(key_node, "yaml-key", "a key must be text")
                continue
            key = str(key_node.value)
            if not _is_key(key_node):
                self._told_at(
                    key_node, "yaml-merge", "merge keys are not part of YAML 1.2", "write the values out"
                )
                continue
            self.path.append(key)
            if not key:
                # The validator's paths have no way to say that it is this one of a mapping's keys.
                self._told_at(key_node, "yaml-key", "a key must not be empty")
            elif key in seen:
                first = seen[key].start_mark.line + 1
                problem = f"written twice; first in line {first}"
                self._told_at(key_node, "duplicate-key", problem, "keep one of them")
            else:
                seen[key] = key_node
                self._check_tag(key_node)
                yield key, self.build(value_node)
            self.path.pop()

    def _check_tag(self, node: yaml.Node) -> None:
        # A quoted text has no tag but its own, a plain one that which YAML 1.1 sees in it.
        if node.tag == _STR:
            return
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        quoted = isinstance(node, yaml.ScalarNode) and not plain
        if quoted or not (node.tag in _TAGS or (plain and node.tag.removeprefix(TAG) in IMPLIED)):
            problem = f"unknown tag {node.tag.replace(TAG, '!!')}"
            self.source.fault(tuple(self.path), "yaml-tag", problem, "remove it")

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text = str(node.value)
        if node.style:  # the C parser says "" for a plain scalar, the Python one None
            return text
        value, kind = plain(text)
        self.source.fractional |= kind == "float"
        why, hint = ambiguous(text, kind, node.tag)
        if why:
            self.source.fault(tuple(self.path), "yaml-ambiguous", f"{text} is {why}", hint)
        return value

    def _at(self, node: yaml.Node) -> Place:
        return Place(self.source.origin, node.start_mark.line + 1, node.start_mark.column + 1)

    def _told_at(self, node: yaml.Node, code: str, problem: str, hint: str = "") -> None:
        fault = Fault(code, problem, self._at(node), dotted(tuple(self.path)), hint)
        self.source.faults.append(fault)
