"""YAML text to plain data that knows where each of its parts stood.

Scalars follow YAML 1.2's core schema. What YAML 1.1 readers take differently (`no`, `0123`, `12:30`)
is a fault, because the same file is read by editors, Helm and other people's tools.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from pipelinekit.errors import Fault, Place
from pipelinekit.reading.growth import LOADER, outgrown, too_deep

Path = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_NODES = 20_000
MAX_DEPTH = 50
_SOON = 64 * 1024
"""Characters whose node graph is small, whatever they are; what is longer is counted before it is built."""

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_OTHER_BASE = re.compile(r"[-+]?(0[0-9_]+|0[xob][0-9A-Fa-f_]+)\Z")
_OLD_BOOLEAN = frozenset(
    each for word in ("y", "n", "yes", "no", "on", "off") for each in (word, word.title(), word.upper())
)
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))

_TAG = "tag:yaml.org,2002:"
_TAGS = frozenset(_TAG + each for each in ("str", "int", "float", "bool", "null", "seq", "map"))
_IMPLIED = {"timestamp": "a date", "value": "a default value", "merge": "a merge key"}
"""What YAML 1.1 sees in some plain scalars that are text in YAML 1.2."""

_MARKERS = re.compile(r"^(<{7}) [^\n]*\n(?s:.*?)^>{7} ", re.MULTILINE)
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_UNREADABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML allows only as an escape in double quotes."""


def dotted(path: Path) -> str:
    """A path as people write it: `processes.worker.command[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


@dataclass(slots=True)
class Source:
    """A document's data; for each path where its key and its value stood, and the scalar as written."""

    origin: str
    data: Any = None
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def place(self, path: Path) -> Place:
        """Where `path` stands, or the nearest thing around it that stands anywhere."""
        for length in range(len(path), -1, -1):
            found = self.keys.get(path[:length]) or self.values.get(path[:length])
            if found:
                return found
        return Place(self.origin)

    def found(self, path: Path, code: str, problem: str, hint: str = "") -> Fault:
        """A fault at `path`."""
        return Fault(code, problem, self.place(path), dotted(path), hint)

    def fault(self, path: Path, code: str, problem: str, hint: str = "") -> None:
        """Note a fault at `path`."""
        self.faults.append(self.found(path, code, problem, hint))


def parse(content: bytes | str, origin: str) -> Source:
    """The one YAML document in `content`. Never raises: what is wrong with it is in `faults`."""
    source = Source(origin)
    text = _decoded(content, source)
    if text is None:
        return source
    try:
        if len(text) > _SOON and (fault := outgrown(text, origin, MAX_NODES, MAX_DEPTH)):
            source.faults.append(fault)
            return source
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        source.faults.append(syntax_fault(error, text, origin))
        return source
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.style and node.value in _NULL):
        hint = "is it saved? an editor may hold what is not on disk yet"
        source.faults.append(Fault("document-empty", "the document is empty", Place(origin, 1, 1), hint=hint))
        return source
    source.data = _Builder(source).build(node, ())
    return source


def _decoded(content: bytes | str, source: Source) -> str | None:
    """The text, or None with a fault when YAML could make nothing of it."""
    origin = source.origin
    if len(content) > 4 * MAX_BYTES:
        problem = f"more than {MAX_BYTES} characters"
        source.faults.append(Fault("document-too-large", problem, Place(origin, 1, 1)))
        return None
    if isinstance(content, bytes):
        try:
            content = content.decode()
        except UnicodeDecodeError as error:
            problem = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
            place = _place_at(error.object[: error.start].decode(), origin)
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
    if len(content) > MAX_BYTES:
        problem = f"more than {MAX_BYTES} characters"
        source.faults.append(Fault("document-too-large", problem, Place(origin, 1, 1)))
        return None
    unreadable = _UNREADABLE.search(content)
    if unreadable:
        code = f"U+{ord(unreadable[0]):04X}"
        place = _place_at(content[: unreadable.start()], origin)
        hint = "where it is meant, write it as an escape in double quotes"
        source.faults.append(Fault("yaml-syntax", f"the character {code} is not allowed", place, hint=hint))
        return None
    return content


def _place_at(before: str, origin: str) -> Place:
    """The place just after the text `before`."""
    lines = _LINE_BREAK.split(before)
    return Place(origin, len(lines), len(lines[-1]) + 1)


def syntax_fault(error: yaml.YAMLError, text: str, origin: str) -> Fault:
    """What the YAML parser complains about in `text`."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = _place_at(text[: mark.index], origin) if mark else Place(origin)
    problem = str(getattr(error, "problem", None) or getattr(error, "context", None) or error).splitlines()[0]
    hint = ""
    conflict = _MARKERS.search(text)
    if conflict:
        place = _place_at(text[: conflict.start(1)], origin)
        hint = "keep one side of each, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>"
        return Fault("conflict-markers", "a merge left its conflict markers here", place, hint=hint)
    if "found character that cannot start any token" in problem and mark and text[mark.index] == "\t":
        problem, hint = "a tab begins here", "YAML is indented with spaces"
    elif "found character that cannot start any token" in problem:
        hint = "YAML is indented with spaces; a text that begins with @, ` or % needs quotes"
    elif "did not find expected" in problem:
        hint = "is each brace, bracket and quote closed? a text that contains ': ' needs quotes"
    elif "but found another document" in problem:
        problem, hint = "a second document begins here", "write one document a file"
    elif "mapping values are not allowed" in problem:
        hint = "a text that contains ': ' needs quotes"
    return Fault("yaml-syntax", problem, place, hint=hint)


class _Builder:
    """Turns a node graph into data, within bounds: an alias counts as often as it is used."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.nodes = 0
        self.open: set[int] = set()

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.nodes += 1
        source = self.source
        source.values[path] = Place(source.origin, node.start_mark.line + 1, node.start_mark.column + 1)
        if self.nodes > MAX_NODES or len(path) > MAX_DEPTH or id(node) in self.open:
            if not any(fault.code == "yaml-too-deep" for fault in source.faults):
                source.faults.append(too_deep(source.place(path), dotted(path), MAX_NODES, MAX_DEPTH))
            return None
        self._check_tag(node, path)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
            return dict(self._pairs(node, path))
        finally:
            self.open.discard(id(node))

    def _pairs(self, node: yaml.Node, path: Path) -> Iterator[tuple[str, Any]]:
        source = self.source
        seen: dict[str, Place] = {}
        for key_node, value_node in node.value:
            place = Place(source.origin, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                source.faults.append(Fault("yaml-key", "a key must be text", place, dotted(path)))
                continue
            key = str(key_node.value)
            below = (*path, key)
            if not key:
                # The validator's paths have no way to say that it is this one of a mapping's keys.
                source.faults.append(Fault("yaml-key", "a key must not be empty", place, dotted(below)))
                continue
            if key in seen:
                source.faults.append(
                    Fault(
                        "duplicate-key",
                        f"written twice; first in line {seen[key].line}",
                        place,
                        dotted(below),
                        "keep one of them",
                    )
                )
                continue
            if key == "<<" and not key_node.style:
                source.faults.append(
                    Fault(
                        "yaml-merge",
                        "merge keys are not part of YAML 1.2",
                        place,
                        dotted(path),
                        "write the values out",
                    )
                )
                continue
            seen[key] = source.keys[below] = place
            self._check_tag(key_node, below)
            yield key, self.build(value_node, below)

    def _check_tag(self, node: yaml.Node, path: Path) -> None:
        # A quoted text has no tag but its own, a plain one that which YAML 1.1 sees in it.
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        kind = node.tag.removeprefix(_TAG)
        quoted = isinstance(node, yaml.ScalarNode) and not plain and kind != "str"
        if quoted or not (node.tag in _TAGS or (plain and kind in _IMPLIED)):
            self.source.fault(path, "yaml-tag", f"unknown tag {node.tag.replace(_TAG, '!!')}", "remove it")

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        text = str(node.value)
        self.source.written[path] = text
        if node.style:  # the C parser says "" for a plain scalar, the Python one None
            return text
        value, kind = _plain(text)
        other = node.tag.removeprefix(_TAG)
        if _OTHER_BASE.match(text):
            self._ambiguous(path, text, "a number to some readers of YAML, in another base to others")
        elif text in _OLD_BOOLEAN:
            self._ambiguous(path, text, "a boolean to some readers of YAML and text to others")
        elif other != kind and other in {"str", "int", "float", *_IMPLIED}:
            what = _IMPLIED.get(other, "a number")
            self._ambiguous(path, text, f"{what} to some readers of YAML and text to others")
        return value

    def _ambiguous(self, path: Path, text: str, why: str) -> None:
        hint = f'write "{text}" for text'
        if text in _OLD_BOOLEAN:
            hint += ", or true or false"
        self.source.fault(path, "yaml-ambiguous", f"{text} is {why}", hint)


def _plain(text: str) -> tuple[Any, str]:
    """What a plain scalar is in YAML 1.2, and the name of its kind."""
    if text in _NULL:
        return None, "null"
    if text in _TRUE or text in _FALSE:
        return text in _TRUE, "bool"
    if _INT.match(text):
        return int(text) if len(text) < 20 else text, "int"
    if _FLOAT.match(text):
        return float(text), "float"
    return text, "str"
