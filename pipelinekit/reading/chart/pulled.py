"""Where a component says what its pods pull: in its list, and in the values that are laid over each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.errors import Place
from pipelinekit.reading.chart.values import overlay
from pipelinekit.reading.document.source import Path, Source, parse

_NAMES = ("image", "images", "registry", "registries", "repository", "mirror")
"""What keys of values end with that name an image or a part of its name, in any spelling of theirs."""


def written(document: Source, layers: Sequence[tuple[str, str]]) -> dict[str, Place]:
    """Each image, registry or repository that a component's document and values name, and where.

    `layers` are values, the lowest first, each with its origin: what another one lays itself over counts for
    nothing, and what is no YAML neither. The empty word stands for the rest: for what the chart itself says.
    """
    data = document.data if isinstance(document.data, Mapping) else {}
    listed = data.get("images")
    found = {"": document.place(("chart" if "chart" in data else "archive",))}
    for index, image in enumerate(listed if isinstance(listed, list) else ()):
        found.setdefault(str(image), document.place(("images", index)))
    sources = [parse(text, origin) for text, origin in layers if text]
    merged: dict[str, Any] = {}
    for each in sources:
        merged = overlay(merged, each.data) if isinstance(each.data, dict) else merged
    for path, word in _words(merged, ()):
        found.setdefault(word, next(place for each in reversed(sources) if (place := each.value(path))))
    return found


def _words(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text below a key that names images."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _words(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _words(inner, (*path, index))
    elif isinstance(value, str):
        names = [each.lower() for each in path if isinstance(each, str)]
        if names and names[-1].endswith(_NAMES):
            yield path, value
