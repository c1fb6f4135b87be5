"""What hands have put beside what is declared, and no server takes with it: a variable's other source,
another probe or handler, a limit below the request.

No application of the chart goes over that: the hand's half has to go first. Any other field of a hand's is
either ours again by force, or stays. Where the rule is not one that is known here, the server's own reason
tells which fields it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipelinekit.model.deployment import SECRET, Change, Look, Object
from pipelinekit.plan.deploying import fields
from pipelinekit.plan.deploying.fields import Path, key_of, name_of, place_of

_THINGS = frozenset(("f:livenessProbe", "f:readinessProbe", "f:startupProbe", "f:strategy"))
_ITEMS = frozenset(("f:env", "f:volumes"))
_WIDE = frozenset(("f:spec", "f:template", "f:metadata"))
"""Of these only the hand's own field goes: servers and others have more in them than is declared."""


def changes(look: Look, declared: Sequence[Object]) -> Iterator[Change]:
    """The fields that make the server refuse what is declared; one without a path where none is found."""
    for live, each in _refused(look, declared):
        found = _intruding(live, each, _why(look, live))
        for path, manager, *_ in found:
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


def places(look: Look, recorded: Sequence[Object]) -> Iterator[tuple[Object, Path, Any]]:
    """For each object, as it is, the touched things and what the installed release has in their place."""
    for live, each in _refused(look, recorded):
        for _, _, what, value in _intruding(live, each, _why(look, live)):
            yield live, what, value


def _refused(look: Look, declared: Sequence[Object]) -> Iterator[tuple[Object, Object]]:
    live = {key_of(each): each for each in look.live}
    for each in declared:
        key = place_of(each, live, look.home)
        if key in live and name_of(live[key], look.home) in look.refused:
            yield live[key], each


def _why(look: Look, live: Object) -> str:
    return look.refused[name_of(live, look.home)]


def _intruding(live: Object, declared: Object, why: str) -> list[tuple[Path, str, Path, Any]]:
    """The fields that have to go, each with its manager, what is put back for that, and the value it gets."""
    named = fields.refused(why)
    # What the server names is often what is declared, or all of it, where the hand's is the other half.
    beside = [each[:-1] if len(each) > 1 else each for each in named]
    managers = {
        path: manager
        for path, manager in sorted(fields.owners(live).items())
        if fields.value_at(path, declared) is None and fields.value_at(path, live) is not None
    }
    known = {path: whole for path in managers if (whole := _whole_of(path))}
    told = {
        path: path[: len(each) - 1] for path in managers for each in named if each[1:] and _is_in(each, path)
    }
    told = told or {path: path[: len(each)] for path in managers for each in beside if _is_in(each, path)}
    found = [
        (path, managers[path], path, None)
        if whole[-1] in _WIDE
        else (path, managers[path], whole, fields.value_at(whole, declared))
        for path, whole in {**told, **known}.items()
        # What others have put into a list, as a container beside ours, is no part of such a thing.
        if whole
        and len(whole) < len(path)
        and all(step.startswith("f:") for step in path[len(whole) :])
        and fields.value_at(whole, declared) is not None
    ]
    moved = _moved(live, declared, list(managers), fields.refused(why, "Duplicate value"))
    return [*found, *((path, managers[path], path, item) for path, item in moved)]


def _moved(
    live: Object, declared: Object, paths: Sequence[Path], named: Sequence[Path]
) -> Iterator[tuple[Path, Any]]:
    """Items of lists that are called as a declared one and are another by their keys, and the declared one.

    Whoever changes the number of a port makes it another port, of the same name.
    """
    for path in paths:
        for each in named:
            if each[-2:-1] == ("*",) and fields.general(path) == each[:-1]:
                name = fields.value_at((*path, each[-1]), live)
                items = fields.value_at(path[:-1], declared)
                alike = (
                    item
                    for item in (items if isinstance(items, list) else ())
                    if fields.value_at((each[-1],), item) == name
                )
                yield from ((path, item) for item in [*alike][:1])


def _is_in(around: Path, path: Path) -> bool:
    return fields.general(path)[: len(around)] == around


def _whole_of(path: Path) -> Path | None:
    """The thing that a field is a part of, if it is part of one."""
    for place, step in enumerate(path[:-1]):
        if step in _THINGS:
            return path[: place + 1]
        if step in _ITEMS and path[place + 1].startswith("k:") and len(path) > place + 2:
            return path[: place + 2]
    return None
