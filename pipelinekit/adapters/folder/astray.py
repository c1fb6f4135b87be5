"""Where a descriptor is that was looked for in the wrong folder, or under another name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pipelinekit.counts import counted

MISSPELT = (
    "app.yml",
    "App.yaml",
    "App.yml",
    "app.yaml.txt",
    "app.json",
    "application.yaml",
    "application.yml",
)
DEEPEST = 2
MOST = 500
"""Folders that are looked into."""


def _by_option(path: str) -> str:
    return f"--path {path}"


def hint(folder: Path, name: str, way: Callable[[str], str] = _by_option) -> str:
    """Where `name` is after all: misspelt, in a folder above, or in one below; empty when nowhere near. `way`
    says how a verb is led to a folder."""
    for each in MISSPELT:
        if (folder / each).is_file():
            return f"there is {each}: rename it to {name}"
    above = next((each for each in folder.parents if (each / name).is_file()), None)
    if above:
        return f"the application is in {above}: run it there, or with {way(os.path.relpath(above, folder))}"
    below = sorted(_below(folder, name))
    if below:
        more = f" ({counted(len(below), 'application')}: {', '.join(below[:5])})" if len(below) > 1 else ""
        return f"there is one below: {way(below[0])}{more}"
    return ""


def _below(folder: Path, name: str) -> list[str]:
    found = []
    for seen, (here, inside, names) in enumerate(os.walk(folder)):
        depth = len(Path(here).relative_to(folder).parts)
        inside[:] = sorted(each for each in inside if not each.startswith(".") and depth < DEEPEST)
        if name in names and depth:
            found.append(Path(here).relative_to(folder).as_posix())
        if seen > MOST:
            break
    return found
