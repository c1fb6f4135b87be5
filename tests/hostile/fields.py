"""The free-text fields of the schemas, and where each stands in a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelinekit.reading.schema import SCHEMAS
from tests.hostile.documents import DIFFERING, DOCUMENTS, Path


def fields(schema: Any, path: Path = (), defined: Any = None) -> Iterator[Path]:
    """The free-text fields of a schema: `*` for any value of a mapping or a list, `<key>` for the key."""
    defined = schema.get("$defs", {}) if defined is None else defined
    schema = defined[schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else schema
    if "string" in (schema.get("type"), *schema.get("type", ())):
        yield path
    for name, each in schema.get("properties", {}).items():
        yield from fields(each, (*path, name), defined)
    if schema.get("propertyNames"):
        yield (*path, "<key>")
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from fields(schema[keyword], (*path, "*"), defined)


def located(document: Any, field: Path, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where a field stands in a document, and the text that it has there."""
    if not field:
        if isinstance(document, str):
            yield path, document
        return
    head, *rest = field
    if head == "<key>":
        yield from (((*path, key), key) for key in document)
    elif head == "*":
        pairs = document.items() if isinstance(document, dict) else enumerate(document)
        for key, each in pairs:
            yield from located(each, tuple(rest), (*path, key))
    elif isinstance(document, dict) and head in document:
        yield from located(document[head], tuple(rest), (*path, head))


FIELDS = [(kind, field) for kind, schema in SCHEMAS.items() for field in fields(schema)]
PLACES = [
    (kind, number, path, mark)
    for kind, field in FIELDS
    for number, document in enumerate(DOCUMENTS[kind])
    for path, mark in located(document, field)
    # The other languages differ in what becomes of `build`, the other platform in its agent.
    if number == 0 or path[:2] in DIFFERING
]
