"""The patches that a deployment begins with: what hands have done and no application of a chart goes over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelinekit.model.deployment import Look, Object
from pipelinekit.plan.deploying import doubles, fields, intruders
from pipelinekit.plan.deploying.fields import Path, key_of, place_of


def patches(look: Look, recorded: Sequence[Object], *, owns: bool) -> list[tuple[Object, list[Any]]]:
    """Each object that needs one, as it is, and the one JSON patch of all that is to be undone in it.

    `recorded` is the installed release's manifest; a Helm that `owns` fields leaves nothing twice by itself.
    """
    live = {key_of(each): each for each in look.live}
    declared = {place_of(each, live, look.home): each for each in recorded}
    # What the server says of an object has its defaults; of one that it does not take it says nothing.
    declared |= {key_of(each): each for each in look.applied}
    found: dict[fields.Key, dict[Path, Any]] = {}
    for each, path, value in intruders.places(look, recorded):
        found.setdefault(key_of(each), {})[path] = value
    for key, each in live.items():
        if not owns and key in declared:
            found.setdefault(key, {}).update(doubles.places(each, declared[key]))
    return [(live[key], fields.patch(live[key], _whole(made))) for key, made in found.items() if made]


def _whole(made: dict[Path, Any]) -> list[tuple[Path, Any]]:
    """Those that are no part of another one, which is put back with all its parts."""
    return [
        (path, value)
        for path, value in made.items()
        if not any(path[:length] in made for length in range(len(path)))
    ]
