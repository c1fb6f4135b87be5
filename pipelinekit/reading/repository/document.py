"""Somebody else's YAML, JSON or TOML: whatever its shape, it is looked into and never believed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from pipelinekit.reading.document.source import Path, Source, parse

_MERGED = "merged-in"
_MERGE_KEY = re.compile(r"^([ \t]*(?:-[ \t]+)?)<<[ \t]*:", re.MULTILINE)
_COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)


class Document:
    """A text's data with the lines of its parts."""

    def __init__(self, source: Source) -> None:
        """Over what was parsed; a text that is broken has no data."""
        self._source = source
        self.data = source.data

    def at(self, *path: str | int) -> Any:
        """What stands at a path; None where there is no such path."""
        return at(self.data, *path)

    def text(self, *path: str | int) -> str:
        """The text at a path; numbers are text as well, anything else is an empty one."""
        return text_of(self.at(*path))

    def line(self, *path: str | int) -> str:
        """The place of a path, as `file:line`."""
        place = self._source.place(tuple(path))
        return f"{place.origin}:{place.line}" if place.line else place.origin


def yaml_of(text: str, file: str) -> Document:
    """A YAML text; merge keys are kept as what they bring, under the keys that stand there."""
    if not text.strip():
        return Document(Source(file))
    source = parse(_MERGE_KEY.sub(rf"\1{_MERGED}:", text), file)
    source.data = _merged(source.data)
    return Document(source)


def _merged(data: Any) -> Any:
    if isinstance(data, list):
        return [_merged(each) for each in data]
    if not isinstance(data, dict):
        return data
    own = {key: _merged(each) for key, each in data.items() if key != _MERGED}
    brought = data.get(_MERGED)
    for each in brought if isinstance(brought, list) else [brought]:
        own = {**_merged(each), **own} if isinstance(each, dict) else own
    return own


def json_of(text: str, file: str) -> Document:
    """A JSON text, with comments or without."""
    plain = _COMMENT.sub(lambda found: found[1] or "\n" * found[0].count("\n"), text)
    return yaml_of(plain.replace("\t", " "), file)


def toml_of(text: str) -> dict[str, Any]:
    """A TOML text's data; empty for what is none."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}


def line_in(text: str, file: str, pattern: str) -> str:
    """The place of the first line that a pattern matches; the file alone where none does."""
    found = re.search(pattern, text, re.MULTILINE)
    return f"{file}:{text.count(chr(10), 0, found.start()) + 1}" if found else file


def at(data: Any, *path: str | int) -> Any:
    """What stands at a path of mappings and lists; None where there is no such path."""
    for each in path:
        if isinstance(data, dict):
            data = data.get(each)
        elif isinstance(data, list) and isinstance(each, int) and each < len(data):
            data = data[each]
        else:
            return None
    return data


def text_of(value: Any) -> str:
    """A text or a number as text; anything else is an empty one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def entries(data: Any, path: Path = ()) -> Iterator[tuple[str, Any, Path]]:
    """The pairs of a mapping, each with its path."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield str(key), value, (*path, key)
