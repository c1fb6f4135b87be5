"""What is offered: services and their plans, as the chart's values say them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

KINDS = ("postgresql",)
"""What can be made; another one is a module beside `postgresql`."""
_NOTHING = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "properties": {},
    "additionalProperties": False,
}
_ONLY = {"parameters": _NOTHING}
_SCHEMAS = {
    "service_instance": {"create": _ONLY, "update": _ONLY},
    "service_binding": {"create": _ONLY},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of it: so many connections at a time, -1 for as many as the server has."""

    id: str
    name: str
    description: str
    connections: int
    free: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One kind of thing that is made on demand."""

    id: str
    name: str
    description: str
    plans: tuple[Plan, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """All of it."""

    services: tuple[Service, ...]

    def plan(self, service: str, plan: str) -> Plan | None:
        """A plan by its service's id and its own."""
        found = (one for each in self.services if each.id == service for one in each.plans)
        return next((each for each in found if each.id == plan), None)

    def told(self) -> dict[str, Any]:
        """As `GET /v2/catalog` answers it."""
        return {"services": [_service(each) for each in self.services]}


def read(text: str) -> Catalog:
    """Of the JSON list that the chart writes. A ValueError where an id or a name is there twice."""
    catalog = Catalog(tuple(_read(each) for each in json.loads(text)))
    ids = [each.id for each in catalog.services] + [one.id for each in catalog.services for one in each.plans]
    _once("the id", ids)
    _once("the service", [each.name for each in catalog.services])
    for each in catalog.services:
        _once(f"the plan of {each.name}", [one.name for one in each.plans])
    return catalog


def _read(said: dict[str, Any]) -> Service:
    if said["kind"] not in KINDS:
        raise ValueError(f"there is no kind of service {said['kind']}")
    plans = tuple(Plan(**each) for each in said["plans"])
    words = {key: said[key] for key in ("id", "name", "description")}
    return Service(**words, plans=plans, tags=tuple(said.get("tags", ())))


def _once(what: str, names: list[str]) -> None:
    twice = sorted({each for each in names if names.count(each) > 1})
    if twice:
        raise ValueError(f"{what} {twice[0]} is in the catalog twice")


def _service(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "description": service.description,
        "tags": list(service.tags),
        "bindable": True,
        "instances_retrievable": True,
        "bindings_retrievable": True,
        "allow_context_updates": True,
        "plan_updateable": True,
        "plans": [
            {
                "id": each.id,
                "name": each.name,
                "description": each.description,
                "free": each.free,
                "schemas": _SCHEMAS,
            }
            for each in service.plans
        ],
    }
