"""The order of components: from what each waits for, as parallel as that allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipelinekit.errors import usage
from pipelinekit.model.rollout.component import Component
from pipelinekit.names import nearest

Order = Mapping[str, tuple[str, ...]]
"""Each component, and what has to be ready before it; in an order in which they could go one by one."""


def order_of(components: Iterable[Component]) -> Order:
    """What each of these waits for among them; they have been checked to hold no circle.

    What is no prerequisite waits for all that are.
    """
    there = {each.name: each for each in sorted(components, key=lambda each: each.name)}
    first = [name for name, each in there.items() if each.prerequisite]
    left = {}
    for name, each in there.items():
        needs = (*each.needs, *each.optional, *(() if each.prerequisite else first))
        left[name] = tuple(dict.fromkeys(need for need in needs if need in there))
    found: dict[str, tuple[str, ...]] = {}
    while left:
        free = [name for name, needs in left.items() if all(need in found for need in needs)]
        if not free:
            raise ValueError(f"a circle among {', '.join(left)}")
        for name in free:
            found[name] = left.pop(name)
    return found


def levels(order: Order) -> tuple[tuple[str, ...], ...]:
    """What could begin at the same moment if all took equally long, level by level."""
    depth: dict[str, int] = {}
    for name, needs in order.items():
        depth[name] = 1 + max((depth[need] for need in needs), default=-1)
    deepest = max(depth.values(), default=-1)
    return tuple(tuple(name for name in order if depth[name] == level) for level in range(deepest + 1))


def chosen(order: Order, only: Sequence[str], start: Sequence[str]) -> Order:
    """The part of the order that is asked for: `only` these, or from these on with all that wait for them.

    What is left out has to be ready already; who waits for it asks it. Raises `UsageError` for a name that is
    not in the order.
    """
    for name in (*only, *start):
        if name not in order:
            written = f"components: [{{name: {name[:60]}}}] in platform.yaml turns it on"
            raise usage(
                "component-not-on", f"no component '{name}' is on", hint=nearest(name, order) or written
            )
    if not only and not start:
        return order
    wanted = set(only)
    if start:
        following: set[str] = set()
        for name, needs in order.items():
            if name in start or following & set(needs):
                following.add(name)
        wanted = wanted & following if only else following
    return {name: needs for name, needs in order.items() if name in wanted}


def reversed_order(order: Order) -> Order:
    """The order of removal: each waits for what needs it."""
    return {
        name: tuple(other for other, needs in order.items() if name in needs)
        for name in reversed(tuple(order))
    }


def critical_path(order: Order, seconds: Mapping[str, float]) -> float:
    """How long it takes at least, with what each takes."""
    ends: dict[str, float] = {}
    for name, needs in order.items():
        ends[name] = seconds[name] + max((ends[need] for need in needs), default=0.0)
    return max(ends.values(), default=0.0)


def needed_by(name: str, order: Order) -> tuple[str, ...]:
    """All that has to be ready before `name`, however far away."""
    found: list[str] = []
    queue = list(order.get(name, ()))
    for need in queue:
        if need not in found:
            found.append(need)
            queue += order.get(need, ())
    return tuple(found)


def blocked_by(name: str, order: Order, failed: Mapping[str, str]) -> tuple[str, ...]:
    """The failed components that `name` waits for, however far away."""
    return tuple(each for each in needed_by(name, order) if each in failed)
