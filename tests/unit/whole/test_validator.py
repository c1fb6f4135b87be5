"""The compiled validator of the documents against its elder in Python: both find the same places."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError, validators

from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Path, Source, dotted
from pipelinekit.reading.schema import SCHEMAS
from tests.hostile.application import APP
from tests.hostile.component import COMPONENT
from tests.hostile.documents import RELEASESET
from tests.hostile.platform import PLATFORM


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    # JSON Schema's patterns are JavaScript's, where `$` is the very end; Python's lets a newline follow.
    if isinstance(value, str) and not re.search(re.sub(r"\$\Z", r"\\Z", pattern), value):
        yield ValidationError("does not match")


def _unique(_: Any, unique: bool, value: Any, __: Any) -> Iterator[ValidationError]:
    # Before ours looks, every float is one and the same: that it is no whole number is told, and it alone.
    if unique and isinstance(value, list):
        plain = json.loads(json.dumps(value), parse_float=lambda _: {"": "a float"})
        if len({json.dumps(each, sort_keys=True) for each in plain}) < len(plain):
            yield ValidationError("one is there twice")


@cache
def _elder(kind: str) -> Any:
    # JSON Schema counts 8080.0 as a whole number; we do not.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    extend: Any = validators.extend
    return extend(Draft202012Validator, {"pattern": _pattern, "uniqueItems": _unique}, type_checker=types)(
        SCHEMAS[kind]
    )


def _refused(kind: str, data: Any) -> set[str]:
    """Where the elder finds something wrong; an unknown key or a bad name is wrong by itself."""
    found = set()
    for error in _elder(kind).iter_errors(data):
        path: Path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            found |= {dotted((*path, key)) for key in error.instance if key not in error.schema["properties"]}
        elif "propertyNames" in error.absolute_schema_path:
            found.add(dotted((*path, error.instance)))
        else:
            found.add(dotted(path))
    return found


KEYS = st.text(min_size=1, max_size=24)
"""An empty key is a fault of the YAML already."""
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.sampled_from([8080.0, 0.5, -0.0, 1e300]),
    st.text(max_size=30),
    st.sampled_from(
        ["", "a", "a\n", "A_B", "0 3 * * *", "vault:a/b#c", "https://a.example", "é", "\u2028", "1h"]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from _places(each, (*path, key))


def _with(value: Any, path: Path, new: Any) -> Any:
    """The value with another one in a place; a mapping's place may be a key that it has not."""
    if not path:
        return new
    copied = value.copy()
    copied[path[0]] = _with(value[path[0]], path[1:], new) if path[1:] else new
    return copied


@st.composite
def _spoilt(draw: st.DrawFn, whole: Any) -> Any:
    """A sound document with up to three other values in it, some under keys that it has not."""
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(list(_places(whole))))
        inside: Any = whole
        for step in path:
            inside = inside[step]
        if isinstance(inside, dict) and draw(st.booleans()):
            path = (*path, draw(KEYS))
        whole = _with(whole, path, draw(VALUES))
    return whole


@pytest.mark.parametrize("kind", SCHEMAS)
@given(data=st.data())
def test_both_find_the_same_places(kind: str, data: st.DataObject) -> None:
    whole = {"Application": APP, "Platform": PLATFORM, "Component": COMPONENT, "ReleaseSet": RELEASESET}
    document = data.draw(_spoilt(whole[kind]))
    source = Source("f", document)
    faults.check(source, kind)
    assert {each.path for each in source.faults} == _refused(kind, document)


@pytest.mark.parametrize(
    "items",
    [[0, -0.0], [1, 1.0, 3], [0.5, 1e300], [[0], [-0.0]], [{"a": 0}, {"a": 0}], [True, 1], ["a", "a"]],
)
def test_both_find_the_same_twice(items: list[Any]) -> None:
    document = _with(APP, ("build", "secrets"), items)
    source = Source("f", document)
    faults.check(source, "Application")
    assert {each.path for each in source.faults} == _refused("Application", document)
