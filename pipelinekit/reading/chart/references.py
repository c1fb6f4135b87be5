"""References of a chart's schema that lead to a server: Helm would fetch them wherever it reads the chart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from pipelinekit.errors import Fault, Place
from pipelinekit.reading.document.source import Path, dotted

_LEADS = ("$ref", "$dynamicRef", "$recursiveRef")
_NAME, _OLD_NAME, _OLD = "$id", "id", "draft-04"
"""What gives a schema its address; the second one in schemas of the draft alone that calls it so."""
_DATA = frozenset(("const", "enum", "default", "examples"))
"""What holds values, and no schema."""
_KNOWN = "json-schema.org"
"""Whose schemas of schemas Helm has in itself."""
_REMOTE = frozenset(("http", "https"))


def remote(schema: str) -> tuple[tuple[Path, str], ...]:
    """Where a schema (JSON) refers to what is behind http or https, and the address of each.

    None for what is no JSON: that is for Helm to tell.
    """
    try:
        whole = json.loads(schema)
    except (ValueError, RecursionError):
        return ()
    is_old = isinstance(whole, Mapping) and _OLD in str(whole.get("$schema"))
    name = _OLD_NAME if is_old else _NAME
    found = list(_references(whole, name))
    own = {urldefrag(base)[0] for _, key, base in found if key == name}
    return tuple(
        ((*path, key), address)
        for path, key, address in found
        if key != name and _is_remote(address) and urldefrag(address)[0] not in own
    )


def told(place: Place, path: Path, address: str) -> Fault:
    """The fault of a reference."""
    problem = f"the chart's schema refers to {address}"
    hint = "put what it leads to into the schema itself, below $defs, and refer to that: `#/$defs/NAME`"
    return Fault("schema-remote", problem, place, dotted(path), hint)


def _references(whole: Any, name: str) -> Iterator[tuple[Path, str, str]]:
    """Each reference of a schema, and its addresses (below `name`): where, by which key, and to what."""
    left: list[tuple[Path, Any, str]] = [((), whole, "")]
    while left:
        path, each, base = left.pop()
        if isinstance(each, list):
            left += [((*path, index), inner, base) for index, inner in enumerate(each)]
        if not isinstance(each, Mapping):
            continue
        if isinstance(each.get(name), str):
            base = _joined(base, each[name])
            yield path, name, base
        for key in (*_LEADS, "$schema"):
            if isinstance(each.get(key), str):
                yield path, key, _joined(base if key in _LEADS else "", each[key])
        left += [((*path, key), inner, base) for key, inner in each.items() if key not in _DATA]


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _is_remote(address: str) -> bool:
    try:
        there = urlsplit(address)
        return there.scheme.lower() in _REMOTE and there.hostname != _KNOWN
    except ValueError:
        return address.lower().startswith(("http:", "https:"))
