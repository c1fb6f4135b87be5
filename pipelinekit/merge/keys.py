"""Single keys of a YAML text, changed in place: comments, order and quotes around them stay."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from pipelinekit.errors import DocumentInvalid, Fault, Place

LONGEST = 1_000_000
"""Characters of a text whose keys are changed."""


def set_keys(text: str, values: Mapping[tuple[str, ...], str], origin: str) -> str:
    """`text` with each path's value replaced, its mappings made if need be.

    Raises `DocumentInvalid` when `text` is no YAML mapping, or has something else where a mapping must be.
    """
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    yaml, data = _load(text, origin)
    for path, value in values.items():
        at = _descend(data, path, origin)
        at[path[-1]] = DoubleQuotedScalarString(value)
    return _dump(yaml, data)


def move_key(text: str, old: tuple[str, ...], new: tuple[str, ...], origin: str = "values.yaml") -> str:
    """`text` with the value of `old` under `new`; as it is when there is none, or `new` is there already."""
    yaml, data = _load(text, origin)
    at = data
    for key in old[:-1]:
        at = at.get(key) if isinstance(at, dict) else None
    if not isinstance(at, dict) or old[-1] not in at:
        return text
    target = _descend(data, new, origin)
    if new[-1] in target:
        return text
    target[new[-1]] = at.pop(old[-1])
    return _dump(yaml, data)


def _load(text: str, origin: str) -> tuple[Any, Any]:
    """A round-trip reader and what it has read; raises `DocumentInvalid`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if len(text) > LONGEST:
        raise DocumentInvalid(Fault("document-too-large", f"more than {LONGEST} characters", Place(origin)))
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    try:
        return yaml, yaml.load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(origin, mark.line + 1, mark.column + 1) if mark else Place(origin)
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise DocumentInvalid(Fault("yaml-syntax", problem, place)) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # The parser stumbles over what has the form of a date or a number and means none: 2026-99-99.
        raise DocumentInvalid(Fault("yaml-value", "has a value that means nothing", Place(origin))) from error


def _dump(yaml: Any, data: Any) -> str:
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _descend(data: Any, path: tuple[str, ...], origin: str) -> Any:
    for depth, key in enumerate(path):
        if not isinstance(data, dict):
            where = ".".join(path[:depth])
            raise DocumentInvalid(Fault("bad-type", "expected a mapping", Place(origin), where))
        if depth < len(path) - 1:
            if data.get(key) is None:
                data[key] = {}
            data = data[key]
    return data
