"""What a Nexus does not take: fields that its models have not, names that it does not know or has already."""

from __future__ import annotations

import json
import re
from typing import Any

import nexus_api_client as published
from pydantic import ValidationError


class Refusal(Exception):
    """A request that the server does not take, with its status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def validated(model: str, body: Any) -> dict[str, Any]:
    kind = getattr(published, model)
    known = set(kind.model_json_schema(by_alias=True)["properties"])
    unknown = set(body) - known
    if unknown:
        raise Refusal(400, f"{model} has no field {sorted(unknown)}")
    try:
        _check_nested(kind.model_validate(body), body, model)
    except ValidationError as error:
        raise Refusal(400, f"{model}: {error.errors()[0]}") from error
    found: dict[str, Any] = json.loads(json.dumps(body))
    return found


def _check_nested(value: Any, body: Any, where: str) -> None:
    """Unknown fields inside: the models drop them, the server does not."""
    if not hasattr(value, "to_dict") or not isinstance(body, dict):
        return
    fields = {each.alias or name: getattr(value, name) for name, each in type(value).model_fields.items()}
    unknown = set(body) - set(fields)
    if unknown:
        raise Refusal(400, f"{where} has no field {sorted(unknown)}")
    for name, inner in body.items():
        _check_nested(fields[name], inner, f"{where}.{name}")


def check_name(name: str) -> None:
    if not re.fullmatch(r"[a-zA-Z0-9-][a-zA-Z0-9_.-]*", name):
        raise Refusal(400, "letters, digits, underscores, hyphens and dots; may not begin with _ or .")


def known(things: dict[str, dict[str, Any]], name: str, status: int = 404) -> dict[str, Any]:
    if name not in things:
        raise Refusal(status, f"there is no '{name}'")
    return things[name]


def new(things: dict[str, dict[str, Any]], name: str) -> None:
    if name in things:
        raise Refusal(400, f"'{name}' is there already")
