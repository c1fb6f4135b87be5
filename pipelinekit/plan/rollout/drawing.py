"""The order of components as text, as DOT and as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from pipelinekit.plan.rollout.order import Order, levels

_WIDTH, _HEIGHT, _ACROSS, _DOWN, _MARGIN = 148, 44, 72, 22, 28
_STYLE = """
text { font: 14px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2937; }
.note { font-size: 11px; fill: #6b7280; }
.part { fill: #eef2ff; stroke: #6366f1; stroke-width: 1.5; }
.edge { fill: none; stroke: #94a3b8; stroke-width: 1.5; }
.head { fill: #94a3b8; }
@media (prefers-color-scheme: dark) {
  text { fill: #e5e7eb; } .note { fill: #9ca3af; } .part { fill: #1e1b4b; stroke: #818cf8; }
}
""".strip()


def as_text(order: Order) -> tuple[str, ...]:
    """One line a component, by level: what it waits for."""
    lines = []
    for number, level in enumerate(levels(order), 1):
        for name in level:
            after = f"  after {', '.join(order[name])}" if order[name] else ""
            lines.append(f"{number}  {name}{after}")
    return tuple(lines)


def as_dot(order: Order, title: str) -> str:
    """For graphviz; an edge leads from what is needed to who needs it."""
    lines = [f"digraph {_dot(title)} {{", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
    lines += [f"  {_dot(name)};" for name in order]
    lines += [f"  {_dot(need)} -> {_dot(name)};" for name, needs in order.items() for need in needs]
    return "\n".join([*lines, "}"]) + "\n"


def as_svg(order: Order, title: str, notes: Mapping[str, str]) -> str:
    """A picture, left to right; `notes` is a second, smaller line in a component's box.

    An edge that another way says as well is left out.
    """
    columns = levels(order)
    tallest = max(map(len, columns), default=0)
    width = 2 * _MARGIN + max(len(columns) * (_WIDTH + _ACROSS) - _ACROSS, 0)
    height = 2 * _MARGIN + 24 + max(tallest * (_HEIGHT + _DOWN) - _DOWN, 0)
    at: dict[str, tuple[float, float]] = {}
    for number, column in enumerate(columns):
        # A column stands in the middle, its members near what they wait for.
        column = tuple(sorted(column, key=lambda name: (_middle(order[name], at), name)))
        top = _MARGIN + 24 + (tallest - len(column)) * (_HEIGHT + _DOWN) / 2
        for row, name in enumerate(column):
            at[name] = (_MARGIN + number * (_WIDTH + _ACROSS), top + row * (_HEIGHT + _DOWN))
    edges = [_edge(at[need], at[name]) for name, needs in order.items() for need in _direct(needs, order)]
    boxes = [_box(name, place, notes.get(name, "")) for name, place in at.items()]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:g}" '
        f'viewBox="0 0 {width} {height:g}" role="img" aria-label={quoteattr(title)}>'
    )
    arrow = (
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>'
    )
    name = f'<text x="{_MARGIN}" y="{_MARGIN}">{escape(title)}</text>'
    return "\n".join([head, f"<style>{_STYLE}</style>", arrow, name, *edges, *boxes, "</svg>"]) + "\n"


def _direct(needs: tuple[str, ...], order: Order) -> tuple[str, ...]:
    """Those that are not waited for by another one of them as well."""
    return tuple(each for each in needs if not any(each in _all(other, order) for other in needs))


def _all(name: str, order: Order) -> set[str]:
    found: set[str] = set()
    queue = [*order[name]]
    while queue:
        each = queue.pop()
        if each not in found:
            found.add(each)
            queue += order[each]
    return found


def _middle(needs: tuple[str, ...], at: Mapping[str, tuple[float, float]]) -> float:
    return sum(at[each][1] for each in needs) / len(needs) if needs else 0.0


def _edge(start: tuple[float, float], end: tuple[float, float]) -> str:
    x, y = start[0] + _WIDTH, start[1] + _HEIGHT / 2
    to_x, to_y = end[0], end[1] + _HEIGHT / 2
    bend = max((to_x - x) / 2, 24)
    curve = f"M{x:g} {y:g} C{x + bend:g} {y:g} {to_x - bend:g} {to_y:g} {to_x:g} {to_y:g}"
    return f'<path class="edge" marker-end="url(#head)" d="{curve}"/>'


def _box(name: str, place: tuple[float, float], note: str) -> str:
    x, y = place
    middle = x + _WIDTH / 2
    lift = 4 if note else 0
    shown = name if len(name) <= 18 else name[:17] + "…"
    small = note if len(note) <= 24 else note[:23] + "…"
    second = (
        f'<text class="note" x="{middle:g}" y="{y + 35:g}" text-anchor="middle">{escape(small)}</text>'
        if note
        else ""
    )
    return (
        f'<g><title>{escape(name)}</title><rect class="part" x="{x:g}" y="{y:g}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" rx="9"/><text x="{middle:g}" y="{y + 27 - 2 * lift:g}" text-anchor="middle">'
        f"{escape(shown)}</text>{second}</g>"
    )


def _dot(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
