"""What hands have put into a thing that can be one of several only: a variable's other source, another probe.

A server takes no mixture of both, so that no application of the chart goes over it: the hand's half has to go
first. Any other field of a hand's either is ours again by force, or stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.model.deployment import SECRET, Change, Look, Object
from pipelinekit.plan.deploying import fields
from pipelinekit.plan.deploying.fields import Path, name_of

_THINGS = frozenset(("f:livenessProbe", "f:readinessProbe", "f:startupProbe", "f:strategy"))
_ITEMS = frozenset(("f:env", "f:volumes"))


def changes(look: Look, declared: Sequence[Object]) -> Iterator[Change]:
    """The fields that make the server refuse what is declared; one without a path where none is found."""
    for live, each in _refused(look, declared):
        found = list(_intruding(live, each))
        for path, manager in found:
            # Its value may stand where a secret's reference should.
            hidden = path[-1] == "f:value"
            yield Change(
                object=name_of(live, look.home),
                path=fields.shown(path),
                live=SECRET if hidden else fields.value_at(path, live),
                manager=manager,
            )
        if not found:
            name = name_of(live, look.home)
            yield Change(object=name, path="", live=look.refused[name])


def repairs(look: Look, recorded: Sequence[Object]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """For each object, by namespace and name, a JSON patch that puts the touched things back as the installed
    release has them."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for live, each in _refused(look, recorded):
        things = dict.fromkeys(whole for path, _ in _intruding(live, each) if (whole := _whole_of(path)))
        if not things:
            continue
        found[live["metadata"].get("namespace", ""), name_of(live)] = fields.patch(
            live, ((thing, fields.value_at(thing, each)) for thing in things)
        )
    return found


def _refused(look: Look, declared: Sequence[Object]) -> Iterator[tuple[Object, Object]]:
    live = {name_of(each, look.home): each for each in look.live}
    for each in declared:
        name = name_of(each, look.home)
        if name in look.refused and name in live:
            yield live[name], each


def _intruding(live: Object, declared: Object) -> Iterator[tuple[Path, str]]:
    for path, manager in sorted(fields.owners(live).items()):
        whole = _whole_of(path)
        if (
            whole
            and fields.value_at(whole, declared) is not None
            and fields.value_at(path, declared) is None
            and fields.value_at(path, live) is not None
        ):
            yield path, manager


def _whole_of(path: Path) -> Path | None:
    """The thing that a field is a part of, if it is part of one."""
    for place, step in enumerate(path[:-1]):
        if step in _THINGS:
            return path[: place + 1]
        if step in _ITEMS and path[place + 1].startswith("k:") and len(path) > place + 2:
            return path[: place + 2]
    return None
