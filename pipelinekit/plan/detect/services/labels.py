"""Names that applications can have, each its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from pipelinekit import names
from pipelinekit.model.repository.services import Service


def label(name: str) -> str:
    """The nearest name that an application can have."""
    return names.label_from(name, names.APPLICATION_MAX) or "app"


def named(found: tuple[Service, ...]) -> tuple[Service, ...]:
    """The same, each by a name of its own that an application can have."""
    often = Counter(label(each.name) for each in found if each.name)
    taken: set[str] = set()
    return tuple(replace(each, name=_own(each, often, taken) if each.name else "") for each in found)


def _own(each: Service, often: Counter[str], taken: set[str]) -> str:
    wanted = label(each.name)
    if often[wanted] > 1:
        wanted = label(each.path.replace("/", "-"))
    ends = ("", *(f"-{number}" for number in range(2, len(taken) + 3)))
    free = (f"{wanted[: names.APPLICATION_MAX - len(end)].rstrip('-')}{end}" for end in ends)
    own = next(one for one in free if one not in taken)
    taken.add(own)
    return own
