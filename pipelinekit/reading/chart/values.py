"""YAML that is Helm's, not ours: read as Helm reads it, without our rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.model.pointer import MISSING
from pipelinekit.reading.chart.goyaml import EXACT, GoLoader
from pipelinekit.reading.document.growth import outgrown
from pipelinekit.reading.document.source import Path, dotted
from pipelinekit.reading.document.syntax import syntax_fault

MAX_CHARACTERS = 4_000_000
MAX_VALUES = 100_000
MAX_DEPTH = 100


def read_values(text: str, origin: str) -> dict[str, Any]:
    """The mapping in `text`, empty for an empty text; raises `DocumentInvalid` for anything else."""
    if len(text) > MAX_CHARACTERS:
        raise DocumentInvalid(
            Fault("document-too-large", f"more than {MAX_CHARACTERS} characters", Place(origin))
        )
    try:
        if fault := outgrown(text, origin, MAX_VALUES, MAX_DEPTH):
            raise DocumentInvalid(fault)
        data = as_helm_keeps(yaml.load(text, Loader=GoLoader))  # noqa: S506 - it is safe
    except yaml.YAMLError as error:
        raise DocumentInvalid(syntax_fault(error, text, origin)) from error
    except (ValueError, LookupError, OverflowError, RecursionError) as error:
        # !!int x says that it is a number: the parser stumbles over the value.
        raise DocumentInvalid(Fault("yaml-value", str(error).splitlines()[0], Place(origin))) from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise DocumentInvalid(
            Fault(
                "bad-type", "expected a mapping", Place(origin), hint="write KEY: VALUE, at the left margin"
            )
        )
    return data


def doubled(text: str, origin: str) -> tuple[Fault, ...]:
    """Each key that a mapping has twice, of a text that `read_values` takes: Helm keeps the later one."""
    loader = GoLoader(text)
    try:
        node = loader.get_single_node()
        return tuple(_doubled(loader, node, origin, (), set())) if node else ()
    finally:
        loader.dispose()


def _doubled(loader: GoLoader, node: Any, origin: str, path: Path, seen: set[int]) -> Iterator[Fault]:
    if id(node) in seen:
        # What an alias stands for is told where it is written.
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, each in enumerate(node.value):
            yield from _doubled(loader, each, origin, (*path, index), seen)
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for name, each in node.value:
        key = loader.key(name)
        if key is None:
            yield from _doubled(loader, each, origin, (*path, "<<"), seen)
            continue
        mark = name.start_mark
        if key in lines:
            problem = f"written twice; first in line {lines[key]}"
            place = Place(origin, mark.line + 1, mark.column + 1)
            yield Fault("duplicate-key", problem, place, dotted((*path, key)), "keep one of them")
        lines.setdefault(key, mark.line + 1)
        yield from _doubled(loader, each, origin, (*path, key), seen)


def as_helm_keeps(value: Any) -> Any:
    """A value of YAML or JSON with numbers as Helm has them: floats of 64 bits, which shows in large ones."""
    if isinstance(value, dict):
        return {name: as_helm_keeps(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_helm_keeps(each) for each in value]
    return float(value) if type(value) is int and abs(value) > EXACT else value


def overlay(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`above` over `below`, mappings key by key, as Helm lays values files over each other."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = overlay(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged


def picked(values: dict[str, Any], pointers: Iterable[str]) -> dict[str, Any]:
    """What of values stands at these JSON pointers, where it stood; nothing of a list, which is one value."""
    found: dict[str, Any] = {}
    for pointer in pointers:
        steps = [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]
        value: Any = values
        for each in steps:
            value = value.get(each, MISSING) if isinstance(value, dict) else MISSING
        if value is not MISSING:
            for each in reversed(steps):
                value = {each: value}
            found = overlay(found, value)
    return found
