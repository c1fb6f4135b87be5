"""What requests ask for, once it is known that they have all of it and nothing that we do not do."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broker.errors import malformed

LONGEST = 255
"""Characters of an id. The specification knows no bound; all platforms send GUIDs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """An instance that is wanted."""

    service: str
    plan: str
    organization: str
    space: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What shall be another one; `plan` is empty and `context` None where nothing is said of it."""

    service: str
    plan: str
    context: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """A binding that is wanted."""

    service: str
    plan: str
    resource: dict[str, Any]


def provision(body: Mapping[str, Any]) -> Provision:
    """Of the body of a PUT of an instance."""
    _no_parameters(body)
    return Provision(
        service=_text(body, "service_id"),
        plan=_text(body, "plan_id"),
        organization=_text(body, "organization_guid"),
        space=_text(body, "space_guid"),
        context=_mapping(body, "context"),
    )


def update(body: Mapping[str, Any]) -> Update:
    """Of that of a PATCH."""
    _no_parameters(body)
    _mapping(body, "previous_values")
    return Update(
        service=_text(body, "service_id"),
        plan=_text(body, "plan_id") if body.get("plan_id") is not None else "",
        context=_mapping(body, "context") if body.get("context") is not None else None,
    )


def bind(body: Mapping[str, Any]) -> Bind:
    """Of the body of a PUT of a binding."""
    _no_parameters(body)
    resource = _mapping(body, "bind_resource")
    if body.get("app_guid") is not None:
        resource = {"app_guid": _text(body, "app_guid"), **resource}
    return Bind(service=_text(body, "service_id"), plan=_text(body, "plan_id"), resource=resource)


def body_of(content: bytes) -> dict[str, Any]:
    """The object that a body says."""
    try:
        said = json.loads(content, parse_constant=_no_number, parse_float=_number)
    except RecursionError:
        raise malformed("the body is nested too deep") from None
    except ValueError as error:
        raise malformed(f"the body is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise malformed("the body is no JSON object")
    _texts(said)
    return said


def identifier(text: str, what: str) -> str:
    """An id as it may be: not empty, not endless, without control characters."""
    if not 0 < len(text) <= LONGEST or not text.isprintable():
        raise malformed(f"{what} must have 1 to {LONGEST} printable characters")
    return text


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _number(text: str) -> float:
    """As Python has it, where that is one of JSON's too."""
    said = float(text)
    return said if math.isfinite(said) else _no_number(text)


def _texts(said: Any) -> None:
    """Refuse what PostgreSQL's texts cannot have."""
    text = json.dumps(said, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise malformed("the body has a lone surrogate in it") from None
    if "\\u0000" in text.replace("\\\\", ""):
        raise malformed("the body has a NUL in it")


def _text(body: Mapping[str, Any], name: str) -> str:
    said = body.get(name)
    if not isinstance(said, str):
        raise malformed(f"{name} is missing, or no text")
    return identifier(said, name)


def _mapping(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    said = body.get(name)
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise malformed(f"{name} is no object")
    return said


def _no_parameters(body: Mapping[str, Any]) -> None:
    unknown = sorted(_mapping(body, "parameters"))
    if unknown:
        raise malformed(f"there is no parameter {unknown[0]}: no plan here takes any")
