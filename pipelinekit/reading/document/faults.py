"""JSON Schema's complaints as faults: where, what was expected, and what was perhaps meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelinekit import names
from pipelinekit.counts import counted
from pipelinekit.errors import Fault
from pipelinekit.model.app import LANGUAGES
from pipelinekit.model.repository.spoken import suggestion
from pipelinekit.names import nearest
from pipelinekit.reading.document import patterns
from pipelinekit.reading.document.source import Path, Source
from pipelinekit.reading.document.unsaid import unsaid
from pipelinekit.reading.schema import SCHEMAS, Schema
from pipelinekit.reading.schema.words import API_VERSION, MIRROR, REGISTRY

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}

_GUESSED = 200
"""Unknown keys of one mapping for which a near one is sought: who writes more has not misspelt them."""


@cache
def _validator(kind: str) -> Any:
    # Where no document is read, nothing of it is loaded.
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(SCHEMAS[kind])


def check(source: Source, kind: str) -> None:
    """Add to `source.faults` whatever the schema of `kind` has against its data."""
    data = _no_float_is_whole(source.data) if source.fractional else source.data
    errors = _validator(kind).iter_errors(data)
    # What is wrong inside a thing comes before what is wrong with it.
    for error in sorted(errors, key=lambda error: -len(error.instance_path)):
        note(source, source.data, SCHEMAS[kind], error)


def _no_float_is_whole(value: Any) -> Any:
    """JSON Schema counts 8080.0 as a whole number, templates and Kubernetes do not; none has fractions."""
    if isinstance(value, float):
        return 0.5
    if isinstance(value, dict):
        return {key: _no_float_is_whole(each) for key, each in value.items()}
    return [_no_float_is_whole(each) for each in value] if isinstance(value, list) else value


def mapping(data: Any, key: str) -> Mapping[str, Any]:
    """The mapping under `key`, or an empty one: the sense of a document is checked beside its shape."""
    value = data.get(key) if isinstance(data, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def items(data: Any, key: str) -> list[Mapping[str, Any]]:
    """The list of mappings under `key`; what is no mapping counts as an empty one, to keep the indices."""
    value = data.get(key) if isinstance(data, Mapping) else None
    return [each if isinstance(each, Mapping) else {} for each in value] if isinstance(value, list) else []


def listed(data: Any, key: str) -> list[Any]:
    """The list under `key`, whatever is in it; empty for anything else."""
    found = data.get(key) if isinstance(data, Mapping) else None
    return found if isinstance(found, list) else []


def position(fault: Fault) -> tuple[int, int]:
    """The order in which faults are listed: as they stand in the document."""
    return (fault.place.line or 0, fault.place.column or 0) if fault.place else (0, 0)


def shown(value: Any) -> str:
    """A value short enough for one line, without the login that an address may carry."""
    text = re.sub(r"(//|^')[^/@\s']*@", r"\1…@", repr(value))
    return text if len(text) <= 60 else f"{text[:40]}… ({counted(len(text), 'character')})"


def unread(value: Any) -> str:
    """In place of a value that may be a secret: how long it is."""
    return f"this value ({counted(len(str(value)), 'character')})"


def note(source: Source, data: Any, whole: Schema, error: ValidationError) -> None:
    """Add to `source.faults` what the schema `whole` has against `data`, which `source` is the text of."""
    path, value = _found(data, error.instance_path)
    hidden = unsaid(path)
    schema: Any = whole
    for step in error.schema_path[:-1]:
        schema = schema[step]
    keyword = str(error.schema_path[-1])
    wanted = schema[keyword]
    if isinstance(value, float) and keyword in {"minimum", "maximum"}:
        # That it is no whole number is told; by how much it is none is not of interest.
        return
    if keyword == "additionalProperties":
        _unknown_keys(source, schema.get("properties", {}), value, path, whole["properties"])
    elif keyword == "required":
        key = error.kind.value
        source.fault(path, "missing-key", f"'{key}' is missing", f"add {key}:")
    elif keyword == "not":
        told = unread if hidden else shown
        source.fault(path, "bad-not", f"{told(value)} is kept for something else", _others(wanted))
    elif keyword == "type":
        _wrong_kind(source, schema, value, path, hidden)
    elif "propertyNames" in error.schema_path:
        name = str(error.kind.value.instance)
        problem = f"{shown(name)} is no name for this: {schema.get('patternErrorMessage')}"
        hint = patterns.perhaps(name, schema)
        if keyword == "maxLength":
            problem, hint = f"the name has {counted(len(name), 'character')}, at most {wanted} fit", ""
        source.fault((*path, name), "bad-name", problem, hint)
    else:
        told = shown if not hidden else unread
        problem, hint = _phrase(keyword, schema, value, error.message, told)
        source.fault(path, f"bad-{keyword.lower()}", problem, hint)


def _found(value: Any, steps: Iterable[str | int]) -> tuple[Path, Any]:
    """The path that the validator means, and what is there.

    It gives a key that looks like a number as one: `007` as 7.
    """
    path: Path = ()
    for step in steps:
        key = step
        if isinstance(value, dict) and isinstance(step, int):
            digits = str(step).lstrip("0")
            key = next(
                each
                for each in value
                if each.removeprefix("+").lstrip("0") == digits and each[-1] in "0123456789"
            )
        path, value = (*path, key), value[key]
    return path, value


def _unknown_keys(
    source: Source, known: Schema, found: Mapping[str, Any], path: Path, outermost: Schema
) -> None:
    free = [key for key in known if key not in found]
    empty: list[str] = []
    told = 0
    for key, value in found.items():
        if key in known:
            empty += [key] if value is None else []
            continue
        told += 1
        hint = _unindented(key, known, empty) or (nearest(key, free) if told <= _GUESSED else "")
        if not free and not hint:
            hint = "remove it: nothing else belongs here"
        if path and key in outermost and not hint.startswith("did you"):
            hint = "it is a key of the document itself: write it at the left margin"
        source.fault((*path, key), "unknown-key", "unknown key", hint)


def _unindented(key: str, known: Schema, empty: Iterable[str]) -> str:
    """Where a key belongs that stands beside the one that it was to be in; `empty` are those before it."""
    for above in empty:
        if key in known[above].get("properties", ()):
            return f"it belongs to '{above}': indent it below"
    return ""


def _wrong_kind(source: Source, schema: Schema, value: Any, path: Path, hidden: bool) -> None:
    kinds: str | list[str] = schema["type"]
    wanted = " or ".join(_KINDS.get(each, each) for each in ([kinds] if isinstance(kinds, str) else kinds))
    written = source.written(path)
    if value is None:
        hint = "indent what belongs to it" if wanted == _KINDS["object"] else "give it a value"
        source.fault(path, "bad-type", f"expected {wanted}, found nothing", f"{hint}, or remove the key")
    elif hidden:
        hint = "quote it" if wanted == "text" else ""
        source.fault(path, "bad-type", f"expected {wanted}, found another kind of value", hint)
    elif wanted == "text" and written is not None:
        fits = "pattern" not in schema or patterns.fits(schema["pattern"], written)
        hint = f'quote it: "{written}"' if fits else patterns.rule(written, schema)
        source.fault(path, "bad-type", f"expected text, found {written}", hint)
    else:
        kinds_found = {
            "dict": "a mapping",
            "list": "a list",
            "str": f"the text {shown(value)}",
            "bool": str(value).lower(),
        }
        found = kinds_found.get(type(value).__name__) or shown(value)
        hint = _instead(schema, value, path)
        source.fault(path, "bad-type", f"expected {wanted}, found {found}", hint)


def _instead(schema: Schema, value: Any, path: Path) -> str:
    """What is to be written in the place of another kind of value."""
    kinds: str | list[str] = schema["type"]
    digits = isinstance(value, str) and re.fullmatch(r"[1-9][0-9]{0,8}|0", value.strip())
    if "array" in kinds:
        return _as_list(value)
    if path[-1:] == ("port",) and isinstance(value, list):
        return "one number; others beside it have names: ports: {admin: 8081}"
    if "integer" in kinds:
        return f"write it without quotes: {value.strip()}" if digits else _between(schema)
    if "object" in kinds and path:
        return _below(schema, value)
    if kinds == "boolean":
        return "write true or false, without quotes"
    return "" if path else f"it begins with apiVersion: {API_VERSION}"


def _as_list(value: Any) -> str:
    """How what stands in a list's place is written as one."""
    if isinstance(value, str):
        return f"write a list: [{', '.join(value.split())[:60]}]"
    return "begin each entry with '- '" if isinstance(value, dict) else f"write a list: [{shown(value)}]"


def _between(schema: Schema) -> str:
    """Which numbers are right, where both ends are said."""
    known = "minimum" in schema and "maximum" in schema
    return f"a number from {schema['minimum']} to {schema['maximum']}" if known else ""


def _below(schema: Schema, value: Any) -> str:
    """What a mapping holds that something else stands in the place of."""
    if keys := list(schema.get("properties", ())):
        return f"what it takes stands below it, by these names: {', '.join(keys[: names.LISTED])}"
    return "write NAME: below it for each, without '- '" if isinstance(value, list) else ""


def _others(schema: Schema) -> str:
    """What to write in place of a value that fits what it must not be."""
    parts = (schema, *schema.get("anyOf", ()))
    kept = [str(each) for part in parts for each in (*part.get("enum", ()), part.get("const", "")) if each]
    return f"write none of these: {', '.join(kept[: names.LISTED])}" if kept else "write another one"


def _phrase(
    keyword: str, schema: Schema, value: Any, message: str, shown: Callable[[Any], str]
) -> tuple[str, str]:
    limit: Any = schema[keyword]
    match keyword:
        case "pattern" if limit in {REGISTRY[0], MIRROR[0]}:
            why = names.host_fault(str(value), path=limit == MIRROR[0])
            return f"{shown(value)} {why}", f"expected: {schema['patternErrorMessage']}"
        case "pattern":
            rule = patterns.rule("" if shown is unread else str(value), schema)
            return f"{shown(value)} is not valid here", rule
        case "enum":
            spoken = suggestion(str(value)) if limit == list(LANGUAGES) else ""
            return f"{shown(value)} is not one of them", spoken or nearest(str(value), map(str, limit))
        case "const":
            return f"expected {limit}, found {shown(value)}", f"write {limit}"
        case "minimum" | "maximum":
            word = "at least" if keyword == "minimum" else "at most"
            return f"{shown(value)} is out of range: {word} {limit}", _between(schema)
        case "maxLength":
            return f"has {counted(len(value), 'character')}, at most {limit} fit", ""
        case "minLength" | "minItems":
            return "must not be empty", "write what belongs there, or remove the key"
        case "maxItems" | "maxProperties":
            return f"has {counted(len(value), 'entry')}, at most {limit} are allowed", ""
        case "uniqueItems":
            return "names the same thing twice", ""
    return message, ""
