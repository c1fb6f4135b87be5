"""JSON Schema's complaints as faults: where, what was expected, and what was perhaps meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelinekit.errors import Fault
from pipelinekit.reading.schema import SCHEMAS, Schema
from pipelinekit.reading.source import Path, Source

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def _pattern(_: Any, pattern: str, instance: Any, __: Schema) -> Iterator[ValidationError]:
    # JSON Schema's patterns are JavaScript's, where `$` is the very end; Python's lets a newline follow.
    if isinstance(instance, str) and not re.search(re.sub(r"\$\Z", r"\\Z", pattern), instance):
        from jsonschema.exceptions import ValidationError

        yield ValidationError(f"{instance!r} does not match {pattern!r}")


@cache
def _validator(kind: str) -> Any:
    from jsonschema import Draft202012Validator, validators

    # JSON Schema counts 8080.0 as a whole number; templates and Kubernetes do not.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    extend: Any = validators.extend
    return extend(Draft202012Validator, {"pattern": _pattern}, type_checker=types)(SCHEMAS[kind])


def check(source: Source, kind: str) -> None:
    """Add to `source.faults` whatever the schema of `kind` has against its data."""
    for error in _validator(kind).iter_errors(source.data):
        _note(source, error)


def mapping(data: Any, key: str) -> Mapping[str, Any]:
    """The mapping under `key`, or an empty one: the sense of a document is checked beside its shape."""
    value = data.get(key) if isinstance(data, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def items(data: Any, key: str) -> list[Mapping[str, Any]]:
    """The list of mappings under `key`; what is no mapping counts as an empty one, to keep the indices."""
    value = data.get(key) if isinstance(data, Mapping) else None
    return [each if isinstance(each, Mapping) else {} for each in value] if isinstance(value, list) else []


def position(fault: Fault) -> tuple[int, int]:
    """The order in which faults are listed: as they stand in the document."""
    return (fault.place.line or 0, fault.place.column or 0) if fault.place else (0, 0)


def nearest(word: str, words: Iterable[str]) -> str:
    """`did you mean 'x'?` when one of `words` is near to `word`, else the list of them."""
    known = sorted(words)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known are: {', '.join(known)}" if known else ""


def shown(value: Any) -> str:
    """A value short enough for one line."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:40]}… ({len(text)} characters)"


def _note(source: Source, error: ValidationError) -> None:
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    if keyword == "additionalProperties" and error.validator_value is False:
        _unknown_keys(source, error, path)
    elif keyword == "required":
        _missing_key(source, error, path)
    elif keyword == "type":
        _wrong_kind(source, error, path)
    elif "propertyNames" in error.absolute_schema_path:
        rule = error.schema.get("patternErrorMessage") if isinstance(error.schema, dict) else ""
        problem = f"{shown(error.instance)} is no name for this: {rule}"
        if keyword == "maxLength":
            problem = (
                f"the name has {len(str(error.instance))} characters, at most {error.validator_value} fit"
            )
        source.fault((*path, str(error.instance)), "bad-name", problem)
    else:
        problem, hint = _phrase(error)
        source.fault(path, f"bad-{keyword.lower()}", problem, hint)


def _unknown_keys(source: Source, error: ValidationError, path: Path) -> None:
    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    found: Any = error.instance
    free = [key for key in known if key not in found]
    for key in found:
        if key not in known:
            source.fault((*path, key), "unknown-key", "unknown key", nearest(key, free))


def _missing_key(source: Source, error: ValidationError, path: Path) -> None:
    required: Any = error.validator_value
    found: Any = error.instance
    for key in required:
        if key not in found and f"'{key}' is a required property" == error.message:
            source.fault(path, "missing-key", f"'{key}' is missing", f"add {key}:")


def _wrong_kind(source: Source, error: ValidationError, path: Path) -> None:
    allowed: Any = error.validator_value
    kinds = [allowed] if isinstance(allowed, str) else allowed
    wanted = " or ".join(_KINDS.get(each, each) for each in kinds)
    written = source.written.get(path)
    if error.instance is None:
        source.fault(
            path, "bad-type", f"expected {wanted}, found nothing", "give it a value or remove the key"
        )
    elif wanted == "text" and written is not None:
        source.fault(path, "bad-type", f"expected text, found {written}", f'quote it: "{written}"')
    else:
        found = {"dict": "a mapping", "list": "a list", "str": f"the text {shown(error.instance)}"}.get(
            type(error.instance).__name__, shown(error.instance)
        )
        source.fault(path, "bad-type", f"expected {wanted}, found {found}")


def _phrase(error: ValidationError) -> tuple[str, str]:
    value: Any = error.instance
    limit: Any = error.validator_value
    schema = error.schema if isinstance(error.schema, dict) else {}
    match error.validator:
        case "pattern":
            return (
                f"{shown(value)} is not valid here",
                f"expected: {schema.get('patternErrorMessage', limit)}",
            )
        case "enum":
            return f"{shown(value)} is not one of them", nearest(str(value), map(str, limit))
        case "const":
            return f"expected {limit}, found {shown(value)}", f"write {limit}"
        case "minimum" | "maximum":
            word = "at least" if error.validator == "minimum" else "at most"
            return f"{value} is out of range: {word} {limit}", ""
        case "maxLength":
            return f"has {len(value)} characters, at most {limit} fit", ""
        case "minLength" | "minItems":
            return "must not be empty", ""
        case "maxItems" | "maxProperties":
            return f"has {len(value)} entries, at most {limit} are allowed", ""
        case "uniqueItems":
            return "names the same thing twice", ""
    return str(error.message), ""
