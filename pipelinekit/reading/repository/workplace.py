"""`devcontainer.json`: what a workplace has. It speaks of the application only where nothing else does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelinekit.model.repository.words import Word
from pipelinekit.reading.repository.document import json_of, text_of

FILES = (".devcontainer/devcontainer.json", ".devcontainer.json")
_LANGUAGES = {
    "python": "python",
    "javascript-node": "node",
    "typescript-node": "node",
    "go": "go",
    "java": "java",
    "dotnet": "dotnet",
    "ruby": "ruby",
    "php": "php",
}
_IMAGE = re.compile(r"devcontainers/([a-z-]+):(?:\d+-)?(\d+(?:\.\d+)?)")


def read(texts: Mapping[str, str]) -> Iterator[Word]:
    """The ports that it forwards, and the version of its image."""
    file = next((each for each in FILES if each in texts), "")
    said = json_of(texts.get(file, ""), file)
    image = _IMAGE.search(said.text("image"))
    if image and image[1] in _LANGUAGES:
        name = _LANGUAGES[image[1]]
        yield Word(what="version", name=name, value=image[2], place=said.line("image"), weak=True)
    ports = said.at("forwardPorts")
    for number, each in enumerate(ports if isinstance(ports, list) else []):
        if text_of(each).isdigit():
            place = said.line("forwardPorts", number)
            yield Word(what="port", value=text_of(each), place=place, weak=True)
