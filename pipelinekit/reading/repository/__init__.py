"""The files in which repositories describe how they are run, tested and deployed, as words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pipelinekit.model.words import Word
from pipelinekit.reading.repository import (
    buildpacks,
    ci,
    compose,
    dockerfiles,
    fly,
    hosts,
    procfile,
    workplace,
)
from pipelinekit.reading.repository.document import json_of, toml_of, yaml_of

READERS: tuple[Callable[[Mapping[str, str]], Iterable[Word]], ...] = (
    procfile.read,
    dockerfiles.read,
    fly.read,
    hosts.read,
    buildpacks.read,
    compose.read,
    ci.read,
    workplace.read,
)
"""The first that says something counts; what follows is held against it."""

_DOCUMENTS = (
    "fly.toml",
    "railway.toml",
    "nixpacks.toml",
    "railway.json",
    "app.json",
    "heroku.yml",
    "render.yaml",
)


def _unread(texts: Mapping[str, str]) -> Iterable[Word]:
    """A note of each document that is there and broken."""
    for file in (*_DOCUMENTS, *compose.FILES):
        text = texts.get(file, "")
        if text.strip() and not _data(text, file):
            yield Word(what="note", value="it cannot be read, so nothing of it is taken", place=file)


def _data(text: str, file: str) -> object:
    if file.endswith(".toml"):
        return toml_of(text)
    return json_of(text, file).data if file.endswith(".json") else yaml_of(text, file).data


MOST = 500
LONGEST = 1000


def read_words(texts: Mapping[str, str]) -> tuple[Word, ...]:
    """Every word of every file that is known, in the order in which they count. Never raises.

    A value that is longer than a line of a person's, or has control characters in it, is left out.
    """
    found: list[Word] = []
    for reader in (*READERS, _unread):
        found += [each for each in reader(texts) if len(each.value) <= LONGEST and each.value.isprintable()]
    return tuple(found[:MOST])
