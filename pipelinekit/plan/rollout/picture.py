"""The components of a platform as a picture: who talks to whom, and in which order they come up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from pipelinekit.model.rollout.component import ANYBODY, APPLICATIONS, INGRESS, Component
from pipelinekit.plan.rollout.layout import Place, Sizes, placed
from pipelinekit.plan.rollout.order import Order, levels

_SIZES = Sizes(width=172, height=68, across=84, down=22)
_MARGIN, _TOP, _BELOW = 32, 92, 58
_HUES = 8
_COLOURS = ["#4f46e5", "#0891b2", "#c2410c", "#15803d", "#be185d", "#a16207", "#7c3aed", "#0369a1"]
_PALER = ["#a5b4fc", "#67e8f9", "#fdba74", "#86efac", "#f9a8d4", "#fde047", "#c4b5fd", "#7dd3fc"]
_STYLE = """
text { font: 14px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2937; }
.back { fill: #ffffff; } .title { font-size: 20px; font-weight: 600; }
.name { font-weight: 600; } .note { font-size: 11px; fill: #6b7280; }
.level { fill: #f8fafc; } .part { fill: #ffffff; stroke: #cbd5e1; stroke-width: 1.2; }
.line { fill: none; stroke-width: 1.6; } .wait { stroke: #94a3b8; stroke-dasharray: 3 4; }
.line:hover { stroke-width: 3.2; }
""".strip()
_DARK = """
text { fill: #e5e7eb; } .back { fill: #0b1120; } .note { fill: #9ca3af; }
.level { fill: #111827; } .part { fill: #1f2937; stroke: #475569; } .wait { stroke: #64748b; }
""".strip()


def as_svg(components: Sequence[Component], order: Order, title: str) -> str:
    """A picture, from left to right what comes up after each other; a line leads from who calls to whom.

    A line of dashes is one of the order alone; one that other lines say as well is left out.
    """
    known = {each.name: each for each in components if each.name in order}
    calls = {
        (name, call.component): str(call)
        for name, each in known.items()
        for call in each.flows.calls
        if call.component in known
    }
    waits = [
        (need, name)
        for name, needs in order.items()
        for need in _direct(needs, order)
        if not {(need, name), (name, need)} & calls.keys()
    ]
    columns = levels(order)
    layout = placed(columns, [*calls, *waits], _SIZES)
    width = max(layout.width + 2 * _MARGIN, 420)
    height = layout.height + _TOP + _BELOW
    hue = {name: number % _HUES for number, name in enumerate(dict.fromkeys(to for _, to in calls))}
    lines = {key: [(x + _MARGIN, y + _TOP) for x, y in points] for key, points in layout.lines.items()}
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label={quoteattr(title)}>'
        ),
        f"<style>{_style()}</style>",
        f"<defs>{''.join(_heads())}</defs>",
        f'<rect class="back" width="{width:g}" height="{height:g}"/>',
        f'<text class="title" x="{_MARGIN}" y="40">{escape(title)}</text>',
        *_levels(len(columns), layout.height),
        *(_line(_way(lines, pair), "wait", "wait", f"{pair[1]} waits for {pair[0]}") for pair in waits),
        *(
            _line(_way(lines, pair), f"c{hue[pair[1]]}", f"c{hue[pair[1]]}", f"{pair[0]} calls {said}")
            for pair, said in calls.items()
        ),
        *(_box(known[name], (x + _MARGIN, y + _TOP)) for name, (x, y) in layout.boxes.items()),
        *_legend(height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _style() -> str:
    light, dark = (
        " ".join(f".c{at} {{ stroke: {each}; }} .h{at} {{ fill: {each}; }}" for at, each in enumerate(some))
        for some in (_COLOURS, _PALER)
    )
    heads = ".hwait { fill: #94a3b8; }"
    return f"{_STYLE}\n{light} {heads}\n@media (prefers-color-scheme: dark) {{ {_DARK}\n{dark} }}"


def _heads() -> Iterator[str]:
    for each in ("wait", *(f"c{number}" for number in range(_HUES))):
        shape = f'<path class="h{each.removeprefix("c")}" d="M0 0 8 4 0 8z"/>'
        size = 'viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="9" markerHeight="9"'
        yield f'<marker id="{each}" {size} markerUnits="userSpaceOnUse" orient="auto">{shape}</marker>'


def _levels(many: int, height: float) -> Iterator[str]:
    for number in range(many):
        x = _MARGIN + number * (_SIZES.width + _SIZES.across) - 14
        wide, tall = _SIZES.width + 28, height + 44
        yield f'<rect class="level" x="{x:g}" y="{_TOP - 30}" width="{wide:g}" height="{tall:g}" rx="14"/>'
        yield f'<text class="note" x="{x + 14:g}" y="{_TOP - 13}">{number + 1}</text>'


def _way(lines: Mapping[tuple[str, str], Sequence[Place]], pair: tuple[str, str]) -> Sequence[Place]:
    """The points of a line from its beginning: the layout has them from left to right."""
    return lines[pair] if pair in lines else lines[pair[1], pair[0]][::-1]


def _line(points: Sequence[Place], kind: str, head: str, told: str) -> str:
    text = f"M{points[0][0]:g} {points[0][1]:g}"
    if len(points) == 2 and points[0][0] == points[1][0]:
        # Two of one column: around, at their right side.
        (x, y), (_, end) = points
        out = x + min(24 + abs(end - y) / 6, _SIZES.across - 10)
        text += f" C{out:g} {y:g} {out:g} {end:g} {x:g} {end:g}"
    else:
        for number in range(0, len(points) - 1, 2):
            (x, y), (to_x, to_y) = points[number], points[number + 1]
            middle = (x + to_x) / 2
            text += f" C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}"
            if number + 2 < len(points):
                text += f" L{points[number + 2][0]:g} {points[number + 2][1]:g}"
    return (
        f'<path class="line {kind}" marker-end="url(#{head})" d="{text}"><title>{escape(told)}</title></path>'
    )


def _box(component: Component, place: Place) -> str:
    x, y = place
    middle = x + _SIZES.width / 2
    home = component.namespace if component.namespace != component.name else ""
    into, out = _beyond(component)
    rows = [("name", component.name, 20), *(("note", each, 30) for each in (home, into, out))]
    shown = [each for each in rows if each[1]]
    top = y + (_SIZES.height - 15 * len(shown)) / 2
    texts = "".join(
        f'<text class="{kind}" x="{middle:g}" y="{top + 12 + 15 * number:g}" text-anchor="middle">'
        f"{escape(_short(text, most))}</text>"
        for number, (kind, text, most) in enumerate(shown)
    )
    told = "\n".join(filter(None, (component.name, component.namespace, into, out)))
    return (
        f'<g><title>{escape(told)}</title><rect class="part" x="{x:g}" y="{y:g}" '
        f'width="{_SIZES.width:g}" height="{_SIZES.height:g}" rx="10"/>{texts}</g>'
    )


def _beyond(component: Component) -> tuple[str, str]:
    """Who calls it that is no component, and whom it calls that is none."""
    flows = component.flows
    accepted = {each.partition(":")[0] for each in flows.accepts}
    callers = [each for each in (ANYBODY, INGRESS, APPLICATIONS) if each in accepted]
    places = dict.fromkeys(each.rpartition(":")[0] for each in flows.reaches)
    called = [*(["API server"] if flows.api_server else []), *places]
    return f"← {', '.join(callers)}" if callers else "", f"→ {', '.join(called)}" if called else ""


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _legend(height: float) -> Iterator[str]:
    y = height - 22
    for x, kind, words in ((_MARGIN, "c0", "calls"), (_MARGIN + 96, "wait", "only comes after")):
        points = [(float(x), y), (x + 34.0, y)]
        yield _line(points, kind, kind, words)
        yield f'<text class="note" x="{x + 42}" y="{y + 4:g}">{words}</text>'
    words = "columns: what comes up together, from left to right"
    yield f'<text class="note" x="{_MARGIN + 250}" y="{y + 4:g}">{words}</text>'


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
