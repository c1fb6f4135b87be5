"""The manifest that Helm has rendered: YAML documents, each of them an object of Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.reading.chart.goyaml import GoLoader

_BETWEEN = re.compile(r"^---[ \t]*(?:#[^\n]*)?$", re.MULTILINE)
_SOURCE = re.compile(r"\A\s*# Source: (\S+)", re.MULTILINE)


def read_manifest(text: str, origin: str = "manifest") -> tuple[dict[str, Any], ...]:
    """The objects in it, in order, of a list its members; raises `DocumentInvalid` for no manifest."""
    try:
        documents = list(yaml.load_all(text, Loader=GoLoader))
    except (yaml.YAMLError, ValueError, LookupError, RecursionError) as error:
        problem = f"it cannot be read: {str(error).splitlines()[0]}"
        raise DocumentInvalid(Fault("manifest-invalid", problem, Place(origin))) from error
    objects = (each for each in documents if isinstance(each, dict) and each.get("kind"))
    return tuple(member for each in objects for member in _members(each))


def read_manifest_with_sources(text: str, origin: str = "manifest") -> tuple[tuple[dict[str, Any], str], ...]:
    """The objects in it, each with the chart's file that Helm names above it; empty where it names none.

    A text of many documents in one block, which Helm does not write, keeps the file of its first.
    """
    found = []
    for part in _BETWEEN.split(text):
        source = _SOURCE.match(part)
        found += [(each, source[1] if source else "") for each in read_manifest(part, origin)]
    return tuple(found)


def _members(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The objects of a `List`, or of a list of one kind, whose members leave out what they are."""
    kind, items = str(found["kind"]), found.get("items")
    if not kind.endswith("List") or not isinstance(items, list):
        yield found
        return
    common = (
        {"apiVersion": found.get("apiVersion"), "kind": kind.removesuffix("List")} if kind != "List" else {}
    )
    for each in items:
        if isinstance(each, dict) and {**common, **each}.get("kind"):
            yield from _members({**common, **each})
