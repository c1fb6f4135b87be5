"""Every hostile text in every free-text field of the documents: refused at its place, or itself everywhere.

The fields come from the schemas. Each has an example in the documents of `tests/hostile`, a word that stands
nowhere else. Where an example arrives, in the model and in what the generated files mean to their readers,
the hostile text must arrive in its place, and nothing else may change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.document.source import dotted
from pipelinekit.reading.schema import Schema
from tests.hostile.arrivals import ARRIVALS, arrivals_of_examples
from tests.hostile.documents import DOCUMENTS, Path, document_of
from tests.hostile.fields import FIELDS, PLACES, fields, located
from tests.hostile.values import ALL, FREE, HOSTILE


def test_every_free_text_field_has_an_example_that_stands_nowhere_else() -> None:
    missing = [
        (kind, ".".join(map(str, field)))
        for kind, field in FIELDS
        if not any(list(located(document, field)) for document in DOCUMENTS[kind])
    ]
    assert missing == []
    for kind, number, path, mark in PLACES:
        others = {text for text in _texts(DOCUMENTS[kind][number]) if mark in text} - {mark}
        assert others == set(), path


def test_the_walk_finds_fields_of_every_shape() -> None:
    found = {(kind, ".".join(map(str, field))) for kind, field in FIELDS}
    assert {
        ("Application", "metadata.name"),
        ("Application", "run.env.<key>"),
        ("Application", "run.env.*"),
        ("Application", "build.around.push.before.*"),
        ("Application", "environments.*.processes.*.command.*"),
        ("Application", "before.<key>"),
        ("Platform", "environments.*.freeze.*.reason"),
        ("Platform", "jenkins.agent.kubernetes.image"),
    } <= found
    assert len(found) > 80


def replaced(value: Any, change: Callable[[str], str]) -> Any:
    """A value with every text in it changed, keys included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {replaced(key, change): replaced(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(replaced(each, change) for each in value)
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def tried(kind: str, number: int, path: Path, mark: str, text: str) -> bool:
    """Put a text in the place of an example; whether it was taken. Checks what became of it either way."""
    document = replaced(document_of(kind, number, path), lambda each: text if each == mark else each)
    try:
        arrived = ARRIVALS[kind](document)
    except DocumentInvalid as error:
        told = {each.path: each.place for each in error.faults}
        there = dotted(tuple(text if part == mark else part for part in path))
    else:
        before = arrivals_of_examples(kind, number, path)
        expected = replaced(before, lambda each: each.replace(mark, text))
        assert arrived == expected
        return True
    place = told.get(there)
    assert place is not None, (there, told)
    assert place.line
    assert place.column
    return False


@pytest.mark.parametrize(
    ("kind", "number", "path", "mark"),
    PLACES,
    ids=[f"{kind}{number or ''}-{dotted(path)}" for kind, number, path, _ in PLACES],
)
def test_a_hostile_text_is_refused_at_its_place_or_arrives_unchanged(
    kind: str, number: int, path: Path, mark: str
) -> None:
    for text in HOSTILE.values():
        tried(kind, number, path, mark, text)


@pytest.mark.parametrize(
    ("kind", "path", "mark"),
    [
        ("Application", ("run", "env", "RUN_VARIABLE"), "run-value"),
        ("Application", ("run", "command", 1), "run-argument"),
        ("Application", ("before", "markedtask", 0), "task-program"),
        ("Application", ("build", "args", "MARKED_ARGUMENT"), "marked-build-value"),
        ("Application", ("build", "test", 1), "--marked-verbosely"),
    ],
)
def test_what_is_free_is_free(kind: str, path: Path, mark: str) -> None:
    """Against tests that pass because everything is refused."""
    taken = [text for text in ALL.values() if tried(kind, 0, path, mark, text)]
    assert taken == FREE


@pytest.mark.parametrize(
    "schema", [{"type": "string"}, {"items": {"type": "string"}}, {"$ref": "#/$defs/text"}]
)
def test_a_field_that_is_added_is_walked(schema: Schema) -> None:
    whole = {"properties": {"new": schema}, "$defs": {"text": {"type": "string"}}}
    assert len(list(fields(whole))) == 1
