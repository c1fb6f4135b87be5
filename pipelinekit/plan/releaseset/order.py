"""The order of a set: who is called comes before whoever calls it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelinekit.errors import Fault, Refused
from pipelinekit.model.app import App
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.release import peer_of

Name = tuple[str, str]
"""Team and name."""


def in_order(apps: Sequence[App], platform: Platform) -> tuple[App, ...]:
    """Callee first, otherwise as they are given; raises `Refused` with every circle, named whole.

    The descriptors are those that were released: what a version calls, not what its repository has by now.
    """
    known = {(each.team, each.name): each for each in apps}
    calls = {
        name: [other for other in (peer_of(word, app, platform) for word in app.calls) if other in known]
        for name, app in known.items()
    }
    circles = _circles(calls)
    if circles:
        raise Refused(
            *(
                Fault(
                    "set-circle",
                    f"no order: {' calls '.join('/'.join(each) for each in (*circle, circle[0]))}",
                    hint="promote one of them by itself first, and leave it out of the set",
                )
                for circle in circles
            )
        )
    done: dict[Name, App] = {}
    while len(done) < len(known):
        ready = next(name for name in known if name not in done and all(x in done for x in calls[name]))
        done[ready] = known[ready]
    return tuple(done.values())


def _circles(calls: Mapping[Name, Sequence[Name]]) -> list[tuple[Name, ...]]:
    """A shortest circle through each application that is in one, each circle once."""
    found: dict[frozenset[Name], tuple[Name, ...]] = {}
    for start in calls:
        circle = _back_to(start, calls)
        if circle:
            found.setdefault(frozenset(circle), circle)
    return list(found.values())


def _back_to(start: Name, calls: Mapping[Name, Sequence[Name]]) -> tuple[Name, ...]:
    """The way from an application over what it calls back to itself, or nothing."""
    ways: list[tuple[Name, ...]] = [(start,)]
    seen: set[Name] = set()
    for way in ways:
        for other in calls[way[-1]]:
            if other == start:
                return way
            if other not in seen:
                seen.add(other)
                ways.append((*way, other))
    return ()
