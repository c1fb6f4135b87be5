"""A developer's own place: its namespace, whose it is, when it ends, and the hosts in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from pipelinekit import names
from pipelinekit.errors import refused
from pipelinekit.model.app import Process
from pipelinekit.model.draft import Place

MARK, OWNER, END = "pipelinekit.dev/draft", "pipelinekit.dev/owner", "pipelinekit.dev/end"
"""Labels of such a namespace: that it is one, whose it is, and the day on which it ends (2026-12-05)."""
USED, ASLEEP = "pipelinekit.dev/used", "pipelinekit.dev/asleep"
"""Annotations: when `draft up` was there last, and since when it is asleep (RFC 3339; empty: it is not)."""


def namespace_of(team: str, developer: str) -> str:
    """`draft-<team>-<developer>` as a DNS label; what is too long or would fall together ends with a hash."""
    wanted = f"draft-{team}-{developer}"
    made = names.label_from(wanted)
    if made == wanted:
        return made
    mark = hashlib.sha256(wanted.encode()).hexdigest()[:6]
    return f"{names.label_from(wanted, names.LABEL_MAX - 7).rstrip('-')}-{mark}"


def owner_of(developer: str) -> str:
    """A developer's name as a label's value."""
    return names.label_value(developer) or "nobody"


def require_owner(place: Place | None, namespace: str, developer: str) -> None:
    """Raise `Refused` for a namespace that is another developer's."""
    if place and place.owner and place.owner != owner_of(developer):
        raise refused(
            "namespace-taken",
            f"namespace {namespace} is {place.owner}'s, and you are {owner_of(developer)}",
            hint="take `namespace` out of draft.toml, or say who you are: `draft config set developer NAME`",
        )


def hosts(processes: Mapping[str, Process], namespace: str) -> dict[str, Any]:
    """Values that give every exposed process a host with the namespace in it: two copies never collide."""
    found = {name: {"host": host_in(each.host, namespace)} for name, each in processes.items() if each.host}
    return {"processes": found} if found else {}


def host_in(host: str, namespace: str) -> str:
    """`orders.example.com` as `orders-<namespace>.example.com`, which the same wildcard serves."""
    first, dot, rest = host.partition(".")
    label = f"{first}-{namespace}"
    if len(label) > names.LABEL_MAX:
        mark = hashlib.sha256(label.encode()).hexdigest()[:8]
        label = f"{label[: names.LABEL_MAX - 9].rstrip('-')}-{mark}"
    return f"{label}{dot}{rest}"


def due(places: Iterable[Place], now: int, idle: int) -> tuple[list[Place], list[Place]]:
    """Which places have ended, and which nobody has used for `idle` seconds and are still awake."""
    all_of = list(places)
    ended = [each for each in all_of if each.ends and now >= each.ends]
    quiet = [each for each in all_of if each not in ended and not each.asleep and now - each.used >= idle]
    return ended, quiet
