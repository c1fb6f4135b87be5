"""`Procfile`: a line for each process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelinekit.model.repository.words import Word

_LINE = re.compile(r"^([A-Za-z0-9_-]+):[ \t]*(\S.*?)[ \t\r]*$")


def read(texts: Mapping[str, str]) -> Iterator[Word]:
    """Its processes; `release` runs before each rollout."""
    for number, line in enumerate(texts.get("Procfile", "").split("\n"), 1):
        found = _LINE.match(line)
        if found:
            yield process(found[1], found[2], f"Procfile:{number}")


def process(name: str, line: str, place: str) -> Word:
    """A process of the usual names."""
    return Word(what="before" if name == "release" else "command", name=name, value=line, place=place)
