"""What is made of the platform's charts: their READMEs, and the locks that say which library is in them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

CHARTS = Path(__file__).resolve().parents[2] / "platform-charts"
LIBRARY = CHARTS / "pk-common"
_KEY = re.compile(r"( *)([A-Za-z][A-Za-z0-9_-]*):(?: (.*))?")


_DEFINE = re.compile(r"""(?:\{\{/\*(?P<told>[^*]+)\*/\}\}\n)?\{\{- define "(?P<name>[^"]+)" -\}\}""")


@dataclass(frozen=True)
class Define:
    """A named template of a chart; what is told above it, empty for one that is nobody else's."""

    name: str
    told: str
    usage: str


def defines(file: Path) -> list[Define]:
    """Each of a file's, with what is told of it."""
    found = []
    for each in _DEFINE.finditer(file.read_text()):
        told, _, usage = " ".join((each["told"] or "").split()).partition(" Usage: ")
        found.append(Define(each["name"], told, usage))
    return found


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


def table() -> str:
    """The README of the library: what each of its files defines."""
    about = yaml.safe_load((LIBRARY / "Chart.yaml").read_text())
    rows = [
        _row(f"`{each.name}`", each.told, f"`{each.usage}`")
        for file in sorted((LIBRARY / "templates").iterdir())
        for each in defines(file)
        if each.told
    ]
    head = f"# {about['name']}\n\n{about['description']}. Made by `python -m tests.derived`.\n\n"
    text = (LIBRARY / "about.md").read_text().strip()
    return f"{head}{text}\n\n| template | what it is | usage |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def lock(chart: Path) -> str:
    """A chart's Chart.lock, as `helm dependency update` would write it at no particular time."""
    said = yaml.safe_load((chart / "Chart.yaml").read_text())["dependencies"]
    ordered = [{key: each[key] for key in ("name", "version", "repository")} for each in said]
    text = json.dumps([ordered, ordered], separators=(",", ":"))
    listed = "".join(
        f"- name: {each['name']}\n  repository: {each['repository']}\n  version: {each['version']}\n"
        for each in ordered
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f'dependencies:\n{listed}digest: sha256:{digest}\ngenerated: "2026-01-01T00:00:00Z"\n'


def _row(*cells: str) -> str:
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"


def charts() -> tuple[Path, ...]:
    """Each chart of a component that we wrote."""
    return tuple(sorted(each.parent for each in CHARTS.glob("*/chart/Chart.yaml")))


def made_with_it() -> tuple[Path, ...]:
    """Each chart of ours that names the library: those of components, and those of their policies."""
    named = (each for each in CHARTS.glob("*/*/Chart.yaml") if LIBRARY.name in each.read_text())
    return tuple(sorted(each.parent for each in named))


def pages() -> dict[str, Callable[[], str]]:
    """Path to what its text should be."""
    root = CHARTS.parent
    return {
        f"{LIBRARY.relative_to(root)}/README.md": table,
        **{f"{each.relative_to(root)}/README.md": partial(readme, each) for each in charts()},
        **{f"{each.relative_to(root)}/Chart.lock": partial(lock, each) for each in made_with_it()},
    }
