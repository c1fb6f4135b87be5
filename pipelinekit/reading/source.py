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

Path = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_NODES = 20_000
MAX_DEPTH = 50

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+\Z|0[xob][0-9A-Fa-f_]+\Z")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?\Z")
_UNDERSCORED = re.compile(r"[-+]?[0-9][0-9]*_[0-9_]*\Z")
_OLD_BOOLEAN = frozenset(
    each for word in ("y", "n", "yes", "no", "on", "off") for each in (word, word.title(), word.upper())
)
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))


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

    def fault(self, path: Path, code: str, problem: str, hint: str = "") -> None:
        """Note a fault at `path`."""
        self.faults.append(Fault(code, problem, self.place(path), dotted(path), hint))


def parse(content: bytes | str, origin: str) -> Source:
    """The one YAML document in `content`. Never raises: what is wrong with it is in `faults`."""
    source = Source(origin)
    text = _decoded(content, source)
    if text is None:
        return source
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        source.faults.append(_syntax_fault(error, origin))
        return source
    except yaml.YAMLError as error:
        source.faults.append(Fault("yaml-syntax", str(error).splitlines()[0], Place(origin)))
        return source
    if node is None:
        source.faults.append(Fault("document-empty", "the document is empty", Place(origin, 1, 1)))
        return source
    source.data = _Builder(source).build(node, ())
    return source


def _decoded(content: bytes | str, source: Source) -> str | None:
    if isinstance(content, bytes):
        try:
            content = content.decode()
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            source.faults.append(
                Fault(
                    "not-utf-8",
                    f"byte 0x{error.object[error.start]:02x} is not UTF-8",
                    Place(source.origin, line),
                    hint="save the file as UTF-8",
                )
            )
            return None
    if content.startswith("\ufeff"):
        source.faults.append(
            Fault(
                "byte-order-mark",
                "the file begins with a byte-order mark",
                Place(source.origin, 1, 1),
                hint="save it as UTF-8 without BOM",
            )
        )
        content = content[1:]
    if len(content) > MAX_BYTES:
        source.faults.append(
            Fault("document-too-large", f"more than {MAX_BYTES} characters", Place(source.origin))
        )
        return None
    return content


def _syntax_fault(error: yaml.MarkedYAMLError, origin: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    place = Place(origin, mark.line + 1, mark.column + 1) if mark else Place(origin)
    problem = str(error.problem or error.context or "not YAML")
    hint = ""
    if "'\\t'" in problem or "\t" in problem or "found character that cannot start any token" in problem:
        hint = "YAML is indented with spaces; a text that begins with @, ` or % needs quotes"
    elif "but found another document" in problem:
        hint = "write one document a file"
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
                source.fault(
                    path,
                    "yaml-too-deep",
                    f"anchors or nesting grow beyond {MAX_NODES} values or {MAX_DEPTH} levels",
                    "write the values out",
                )
            return None
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
            yield key, self.build(value_node, below)

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        text = str(node.value)
        self.source.written[path] = text
        if node.tag.startswith("!") and not node.tag.startswith("!!"):
            self.source.fault(path, "yaml-tag", f"unknown tag {node.tag}", "remove it")
            return text
        if node.style:  # the C parser says "" for a plain scalar, the Python one None
            return text
        return self._plain(text, path)

    def _plain(self, text: str, path: Path) -> Any:
        if text in _NULL:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if _LEADING_ZERO.match(text):
            self._ambiguous(path, text, "a number to some readers of YAML, in another base to others")
        elif text in _OLD_BOOLEAN:
            self._ambiguous(path, text, "a boolean to some readers of YAML and text to others")
        elif _SEXAGESIMAL.match(text) or _UNDERSCORED.match(text):
            self._ambiguous(path, text, "a number to some readers of YAML and text to others")
        elif _INT.match(text):
            return int(text) if len(text) < 20 else text
        elif _FLOAT.match(text):
            return float(text)
        return text

    def _ambiguous(self, path: Path, text: str, why: str) -> None:
        hint = f'write "{text}" for text'
        if text in _OLD_BOOLEAN:
            hint += ", or true or false"
        self.source.fault(path, "yaml-ambiguous", f"{text} is {why}", hint)
