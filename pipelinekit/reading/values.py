"""YAML that is Helm's, not ours: read as Helm reads it, without our rules."""

from __future__ import annotations

from typing import Any

import yaml

from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.reading.source import syntax_fault


def read_values(text: str, origin: str) -> dict[str, Any]:
    """The mapping in `text`, empty for an empty text; raises `DocumentInvalid` for anything else."""
    try:
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - it is safe
    except yaml.YAMLError as error:
        raise DocumentInvalid(syntax_fault(error, text, origin)) from error
    except (ValueError, LookupError) as error:
        # 2026-99-99 has the form of a date, and !!int x that of a number: the parser stumbles over the value.
        raise DocumentInvalid(Fault("yaml-value", str(error).splitlines()[0], Place(origin))) from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise DocumentInvalid(Fault("bad-type", "expected a mapping", Place(origin)))
    return data


def overlay(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`above` over `below`, mappings key by key, as Helm lays values files over each other."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = overlay(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged
