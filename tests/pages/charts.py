"""The READMEs of the platform's charts: what somebody wrote, and the values as values.yaml tells them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

CHARTS = Path(__file__).resolve().parents[2] / "platform-charts"
_KEY = re.compile(r"( *)([A-Za-z][A-Za-z0-9_-]*):(?: (.*))?")


@dataclass(frozen=True)
class Value:
    """One value of a chart; `default` is the text in values.yaml, empty for what only holds others."""

    path: str
    default: str
    text: str


def values(text: str) -> Iterator[Value]:
    """Each key of a values.yaml, with the comment above it."""
    path: list[tuple[int, str]] = []
    comment: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            comment.append(stripped.lstrip("# "))
        elif found := _KEY.fullmatch(line):
            indent = len(found[1])
            path = [each for each in path if each[0] < indent]
            path.append((indent, found[2]))
            yield Value(".".join(name for _, name in path), found[3] or "", " ".join(comment))
            comment = []
        else:
            comment = []


def readme(chart: Path) -> str:
    """A chart's README: of its Chart.yaml, the component's about.md and values.yaml."""
    about = yaml.safe_load((chart / "Chart.yaml").read_text())
    rows = [
        _row(f"`{each.path}`", f"`{each.default}`" if each.default else "", each.text)
        for each in values((chart / "values.yaml").read_text())
        if each.default or each.text
    ]
    head = f"# {about['name']}\n\n{about['description']}. Made by `python -m tests.derived`.\n\n"
    text = (chart.parent / "about.md").read_text().strip()
    return (
        f"{head}{text}\n\n## Values\n\n| value | default | what it is |\n|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def _row(*cells: str) -> str:
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"


def charts() -> tuple[Path, ...]:
    """Each chart of a component that we wrote."""
    return tuple(sorted(each.parent for each in CHARTS.glob("*/chart/Chart.yaml")))


def pages() -> dict[str, Callable[[], str]]:
    """Path to what its text should be."""
    root = CHARTS.parent
    return {f"{each.relative_to(root)}/README.md": partial(readme, each) for each in charts()}
