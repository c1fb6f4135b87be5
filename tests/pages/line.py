"""docs/pictures/line.svg: the line from `app.yaml` to production, for README.md.

Boxes have colours of their own, and what is between them is a grey that reads on white and on black: a site's
theme is not always the one that the browser asks for.
"""

from __future__ import annotations

from html import escape

WIDTH, HEIGHT = 1060, 276
ROW = 62
"""Where the line is."""

STYLE = """\
text { font: 14px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; text-anchor: middle; }
.small { font-size: 12.5px; }
.who, .what { fill: #6e7781; }
.who { font-size: 13px; font-style: italic; }
.way { stroke: #6e7781; stroke-width: 1.6; fill: none; }
.head { fill: #6e7781; }
.told { stroke: #6e7781; stroke-width: 1.2; stroke-dasharray: 3 4; fill: none; }
.written { fill: #3f51b5; } .written + text { fill: #ffffff; font-weight: 600; }
.made { fill: #e8eaf6; stroke: #9fa8da; } .stage { fill: #e0f2f1; stroke: #80cbc4; }
.place { fill: #00695c; } .place + text { fill: #ffffff; font-weight: 600; }
.gate { fill: #f9a825; } .ledger { fill: #fff8e1; stroke: #ffca28; }
.ink { fill: #1f2328; }
@media (prefers-color-scheme: dark) {
  .who, .what { fill: #9aa4af; } .way, .told { stroke: #9aa4af; } .head { fill: #9aa4af; }
}"""

STAGES = ("test", "build", "push", "package", "publish")
MADE = ("Jenkinsfile", "Dockerfile", "Helm chart", "Draft pack")
PLACES = (("dev", 768), ("staging", 872), ("production", 988))
TOLD = "released · deployed · verified · approved · promoted · rolled back"
SAYS = "registries · clusters and environments · gates · the platform's own components"


def picture() -> str:
    """The whole file."""
    parts = [
        *_box(10, ROW - 24, 104, 48, "app.yaml", "written"),
        _text(62, ROW - 40, "developer", "who"),
        _arrow(114, 152, ROW),
        *_made(),
        _arrow(272, 300, ROW),
        *_stages(),
        _text(497, ROW - 40, "Jenkins, or your terminal: one verb a stage", "who"),
        _arrow(694, 736, ROW),
        *_places(),
        _text(930, ROW - 40, "release manager", "who"),
        *_ledger(),
        *_box(10, 222, 132, 44, "platform.yaml", "written"),
        _text(76, 212, "platform engineer", "who"),
        _arrow(142, 176, 244),
        *_box(176, 224, 872, 40, SAYS, "made"),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="title">\n<title id="title">From app.yaml to production</title>\n'
    )
    return f"{head}<style>\n{STYLE}\n</style>\n" + "\n".join(parts) + "\n</svg>\n"


def _made() -> list[str]:
    box = f'<rect class="made" x="152" y="{ROW - 46}" width="120" height="92" rx="6"/>'
    lines = [_text(212, ROW - 25 + 21 * row, each, "ink small") for row, each in enumerate(MADE)]
    return [box, *lines, _text(212, ROW + 66, "generated, yours to edit", "what small")]


def _stages() -> list[str]:
    parts: list[str] = []
    for number, each in enumerate(STAGES):
        x = 300 + 80 * number
        parts += _box(x, ROW - 18, 74, 36, each, "stage")
    return parts


def _places() -> list[str]:
    parts: list[str] = []
    for number, (name, middle) in enumerate(PLACES):
        width = 64 if number == 0 else 76 if number == 1 else 104
        parts += _box(middle - width // 2, ROW - 24, width, 48, name, "place")
    for left, right in ((800, 834), (910, 936)):
        middle = (left + right) // 2
        parts.append(f'<path class="way" d="M{left} {ROW} H{right}"/>')
        corners = f"M{middle} {ROW - 10} l10 10 l-10 10 l-10 -10 z"
        parts.append(f'<path class="gate" d="{corners}"/>')
    parts.append(_text(872, ROW + 46, "gates: soak, approvals, freezes", "what small"))
    return parts


def _ledger() -> list[str]:
    tells = [f'<path class="told" d="M{x} {top} V154"/>' for x, top in ((657, ROW + 18), (1016, ROW + 24))]
    box = _box(556, 154, 492, 36, f"ledger: {TOLD}", "ledger")
    return [*tells, *box, _text(406, 177, "who did what, signed, one commit an event", "what small")]


def _box(x: int, y: int, width: int, height: int, text: str, kind: str) -> tuple[str, str]:
    rect = f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'
    ink = "ink" if kind in {"made", "stage", "ledger"} else ""
    small = " small" if kind == "ledger" else ""
    return rect, _text(x + width // 2, y + height // 2 + 5, text, f"{ink}{small}".strip())


def _text(x: int, y: int, text: str, kind: str) -> str:
    said = f' class="{kind}"' if kind else ""
    return f'<text{said} x="{x}" y="{y}">{escape(text)}</text>'


def _arrow(left: int, right: int, y: int) -> str:
    return (
        f'<path class="way" d="M{left} {y} H{right - 8}"/><path class="head" d="M{right} {y} l-9 -5 v10 z"/>'
    )
