"""The order of components and who calls whom, as text and as DOT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.rollout.order import Order, levels

Calls = Mapping[str, tuple[str, ...]]
"""Whom each component calls, among those that are on: `NAME`, or `NAME:OFFER`."""


def calls_of(components: Iterable[Component], order: Order) -> Calls:
    """Whom these call of what is in the order."""
    return {
        each.name: tuple(str(call) for call in each.flows.calls if call.component in order)
        for each in components
        if each.name in order
    }


def as_text(order: Order, calls: Calls) -> tuple[str, ...]:
    """One line a component, by level: what it waits for, and whom it calls."""
    lines = []
    for number, level in enumerate(levels(order), 1):
        for name in level:
            after = f"  after {', '.join(order[name])}" if order[name] else ""
            called = f"  calls {', '.join(calls[name])}" if calls.get(name) else ""
            lines.append(f"{number}  {name}{after}{called}")
    return tuple(lines)


def as_dot(order: Order, calls: Calls, title: str) -> str:
    """For graphviz: edges lead from what is needed to who needs it; those of dashes tell who calls whom."""
    lines = [f"digraph {_dot(title)} {{", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
    lines += [f"  {_dot(name)};" for name in order]
    lines += [f"  {_dot(need)} -> {_dot(name)};" for name, needs in order.items() for need in needs]
    style = "[style=dashed, constraint=false]"
    for name, called in calls.items():
        lines += [f"  {_dot(name)} -> {_dot(each.partition(':')[0])} {style};" for each in called]
    return "\n".join([*lines, "}"]) + "\n"


def _dot(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
