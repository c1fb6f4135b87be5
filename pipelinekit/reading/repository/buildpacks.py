"""What buildpacks and their like are told: `nixpacks.toml`, `system.properties`, `Aptfile`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelinekit.model.repository.words import Word
from pipelinekit.reading.repository.document import at, line_in, text_of, toml_of


def read(texts: Mapping[str, str]) -> Iterator[Word]:
    """The words of each of them that is there."""
    text = texts.get("nixpacks.toml", "")
    start = text_of(at(toml_of(text), "start", "cmd"))
    if start:
        place = line_in(text, "nixpacks.toml", r"^[ \t]*cmd[ \t]*=")
        yield Word(what="command", name="web", value=start, place=place)
    properties = texts.get("system.properties", "")
    java = re.search(r"^java\.runtime\.version[ \t]*=[ \t]*(?:1\.)?(\d+)", properties, re.MULTILINE)
    if java:
        place = line_in(properties, "system.properties", r"^java\.runtime\.version")
        yield Word(what="version", name="java", value=java[1], place=place)
    packages = [line.strip() for line in texts.get("Aptfile", "").split("\n")]
    packages = [each for each in packages if each and not each.startswith(("#", ":", "http"))]
    if packages:
        yield Word(what="note", value=f"wants the packages {' '.join(packages)[:200]}", place="Aptfile")
