"""Values held against what a chart declares: by its values.yaml, its schema, or its templates.

Helm takes a misspelt key without a word, and the chart goes on with its default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from pipelinekit.errors import Fault
from pipelinekit.names import nearest
from pipelinekit.reading.chart.reckoning import MOST, reckoned
from pipelinekit.reading.chart.values import read_values
from pipelinekit.reading.document.faults import note, position
from pipelinekit.reading.document.source import Path, Source, dotted, parse
from pipelinekit.records import dataclass

DOCUMENTS = ("Chart.yaml", "values.yaml", "values.schema.json")
_OF_HELM = frozenset(("global", "tags"))
"""Keys that any chart has."""
_WRAPPED = "_internal_defaults_do_not_set"
"""Where charts of Istio keep their defaults: their templates take all of it out before they read values."""
_TAKEN = ("templates/", "files/")
"""What names values; of `files/` a template takes what is to be one."""
_NESTED = re.compile(r"charts/[^/]+/")
_ACTION = re.compile(r"\{\{-?\s*(.*?)-?\}\}", re.DOTALL)
_USED = re.compile(r"\.Values((?:\)*\.[A-Za-z_][A-Za-z0-9_]*)+)")
_INDEXED = re.compile(r'index\s+\(?\$?\.Values((?:\s+"[^"]+")+)')
_DUG = re.compile(r'\bdig((?:\s+"[^"]*")+?)\s+(?:"[^"]*"|[^\s()]+)\s+\$?\.Values\b')
_OF_ONE = (
    "type pattern enum const minimum maximum minLength maxLength minItems maxItems uniqueItems maxProperties"
)
_ALONE = frozenset(_OF_ONE.split())
"""What a schema says of one value, whatever is beside it."""
_OF_ENTRIES = frozenset(("required", "additionalProperties"))
_TOGETHER = frozenset(
    (
        *("anyOf", "oneOf", "allOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"),
        *("propertyNames", "contains", "unevaluatedProperties"),
    )
)
"""What depends on other values, wherever the schema that says so stands."""
_NOT = "not"
_REFERENCES = 20
"""Schemas that lead to each other, at most."""


def counts(path: str) -> bool:
    """Whether a file of a chart (relative to it) says which values it takes."""
    inside = _NESTED.sub("", path)
    return inside in DOCUMENTS or inside.startswith(_TAKEN)


def undeclared(text: str, origin: str, chart: Mapping[str, str]) -> tuple[Fault, ...]:
    """Each key of a values text that a chart has no word of; `chart` is its files that count, by their path.

    What is below an empty mapping, a list or a mapping that templates take as a whole, may be anything.
    """
    values = read_values(text, origin)
    if not values:
        return ()
    return tuple(_Held(parse(text, origin), chart).faults(values))


def forbidden(text: str, origin: str, schema: str) -> tuple[Fault, ...]:
    """Each key and value of a values text that a chart's schema (JSON) lets nobody give.

    Helm refuses these too, in the words of the schema, and names neither file nor line.
    """
    values, source = read_values(text, origin), parse(text, origin)
    try:
        whole = json.loads(schema or "{}")
    except (ValueError, RecursionError):
        return ()
    if not isinstance(whole, Mapping):
        return ()
    # Helm reads more kinds of text than our documents are, and reads this one.
    source.faults.clear()
    # What is no schema is told by the linter, for the chart.
    if reckoned(whole) <= MOST:
        with suppress(ValueError):
            _check(source, values, {"properties": {}, **whole})
    return tuple(sorted((*_beyond(values, (), whole, source), *source.faults), key=position))


def _check(source: Source, values: Any, schema: dict[str, Any]) -> None:
    """Add to `source.faults` what a schema has against values that are laid over a chart's own.

    What is not there may be among those: nothing is missing but in a list's entry, which comes as a whole.
    What hangs together is for Helm to judge, which has all of it. Raises ValueError for what is no schema.
    """
    from jsonschema_rs import validator_for

    # One that leads to a server is told for the chart; one to another file is for Helm to follow.
    for error in validator_for(schema, offline=True).iter_errors(values):
        keyword = str(error.schema_path[-1])
        alone = _ALONE | _OF_ENTRIES if any(isinstance(each, int) for each in error.instance_path) else _ALONE
        way = list(error.evaluation_path)
        if keyword == _NOT and _of_one(_part(schema, error.schema_path)):
            # What a value must not be is said of it alone, as what it has to be is.
            keyword, way = next(iter(_ALONE)), way[:-1]
        if keyword not in alone or _TOGETHER.intersection(way):
            continue
        if keyword == "additionalProperties" and "patternProperties" in _part(schema, error.schema_path[:-1]):
            continue
        # What is null takes a default away, and is gone before Helm looks.
        if error.instance is not None:
            note(source, values, schema, error)


def _of_one(schema: Any) -> bool:
    """Whether a schema asks for nothing but one value's own words, or for one of several such."""
    if not isinstance(schema, Mapping):
        return False
    either = schema.get("anyOf", ())
    return not schema.keys() - _ALONE - {"anyOf"} and all(_of_one(each) for each in either)


def _part(schema: Any, steps: Iterable[str | int]) -> Any:
    for step in steps:
        schema = schema[step]
    return schema


def _beyond(
    values: Mapping[str, Any], path: tuple[str, ...], schema: Mapping[str, Any], source: Source
) -> Iterator[Fault]:
    part = _schema_at(schema, path) or {}
    properties, patterns = part.get("properties"), part.get("patternProperties")
    known = set(properties) if isinstance(properties, Mapping) else set()
    closed = part.get("additionalProperties") is False and not patterns
    for key, value in values.items():
        # What is null takes a default away, and is gone before Helm looks.
        if closed and key not in known and value is not None:
            yield _unknown((*path, key), source, known)
        elif isinstance(value, Mapping):
            yield from _beyond(value, (*path, key), schema, source)


def _unknown(where: Path, source: Source, known: Iterable[object]) -> Fault:
    problem = f"the chart has no value '{dotted(where)}'"
    return source.found(where, "value-unknown", problem, nearest(str(where[-1]), map(str, known)))


@dataclass(frozen=True, slots=True)
class _Declared:
    """What one chart says."""

    defaults: Mapping[str, Any]
    schema: Mapping[str, Any]
    named: frozenset[tuple[str, ...]]
    """Paths of values in its templates, and all that lead there."""
    whole: frozenset[tuple[str, ...]]
    """Those that templates take as a whole, whatever is in them."""
    inside: Mapping[str, str]
    """The folders of the charts in it, by the key that their values are under."""


@dataclass(frozen=True, slots=True)
class _Held:
    source: Source
    chart: Mapping[str, str]

    def faults(self, values: Mapping[str, Any], folder: str = "", at: Path = ()) -> Iterator[Fault]:
        yield from self._below(values, (), self._declared(folder), at)

    def _below(
        self, values: Mapping[str, Any], path: tuple[str, ...], said: _Declared, at: Path
    ) -> Iterator[Fault]:
        known = _keys(path, said)
        if known is None:
            return
        for key, value in values.items():
            if not path and key in said.inside:
                if isinstance(value, Mapping):
                    yield from self.faults(value, said.inside[key], (*at, key))
            elif key not in known:
                yield _unknown((*at, *path, key), self.source, known)
            elif isinstance(value, Mapping):
                yield from self._below(value, (*path, key), said, at)

    def _declared(self, folder: str) -> _Declared:
        def mapping(name: str) -> dict[str, Any]:
            return read_values(self.chart.get(f"{folder}{name}", ""), f"{folder}{name}")

        taken = tuple(f"{folder}{each}" for each in _TAKEN)
        templates = [text for name, text in self.chart.items() if name.startswith(taken)]
        uses = [each for text in templates for each in _uses(text)]
        names = {path[:length] for path, _ in uses for length in range(1, len(path) + 1)}
        try:
            schema = json.loads(self.chart.get(f"{folder}values.schema.json", "{}"))
        except (ValueError, RecursionError):
            schema = {}
        listed = mapping("Chart.yaml").get("dependencies")
        inside = {
            str(each.get("alias") or each.get("name")): f"{folder}charts/{each.get('name')}/"
            for each in (listed if isinstance(listed, list) else ())
            if isinstance(each, Mapping)
        }
        return _Declared(
            defaults=_unwrapped(mapping("values.yaml")),
            schema=schema if isinstance(schema, Mapping) else {},
            named=frozenset(names),
            whole=frozenset(path for path, entire in uses if entire),
            inside=inside,
        )


def _unwrapped(defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    wrapped = defaults.get(_WRAPPED)
    if not isinstance(wrapped, Mapping):
        return defaults
    return {key: each for key, each in defaults.items() if key != _WRAPPED} | dict(wrapped)


def _uses(template: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Each path of values in a template, and whether what is there is used and not only asked for.

    What unwraps defaults takes values as a whole to lay them over those, and uses none of them.
    """
    unwraps = _WRAPPED in template
    for action in _ACTION.findall(template):
        asked = unwraps or action.startswith(("if ", "else if "))
        for found in _USED.findall(action):
            yield tuple(part for part in re.split(r"\)*\.", found) if part), not asked
        for found in (*_INDEXED.findall(action), *_DUG.findall(action)):
            yield tuple(re.findall('"([^"]+)"', found)), not asked


def _keys(path: tuple[str, ...], said: _Declared) -> set[str] | None:
    """The keys that may be at a path; None: any."""
    default, schema = _at(said.defaults, path), _schema_at(said.schema, path)
    properties = schema.get("properties") if schema else None
    listed = set(properties) if isinstance(properties, Mapping) else set()
    below = {each[len(path)] for each in said.named if len(each) > len(path) and each[: len(path)] == path}
    own = set(default) if isinstance(default, Mapping) else set()
    if not path:
        return (own | listed | below | _OF_HELM) - {_WRAPPED}
    if schema and (schema.get("additionalProperties") or schema.get("patternProperties")):
        return None
    closed = bool(listed) and schema is not None and schema.get("additionalProperties") is False
    parts_alone = bool(below) and not _says(said.defaults, path)
    if path in said.whole or not (own or closed or parts_alone):
        return None
    return own | listed | below


def _says(defaults: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether a path is in values.yaml at all: what is empty there may hold anything."""
    above = _at(defaults, path[:-1])
    return isinstance(above, Mapping) and path[-1] in above


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _schema_at(schema: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any] | None:
    """The part of a schema that is about a path, or None where it says nothing."""
    found = _followed(schema, schema)
    for key in path:
        properties = found.get("properties") if found else None
        inner = properties.get(key) if isinstance(properties, Mapping) else None
        found = _followed(inner, schema)
    return found


def _followed(part: Any, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for _ in range(_REFERENCES):
        if not isinstance(part, Mapping):
            return None
        target = part.get("$ref")
        if not isinstance(target, str) or not target.startswith("#/"):
            return part
        part = _at(schema, tuple(target.removeprefix("#/").split("/")))
    return None
