"""The files in which repositories describe how they are run, tested and deployed, as words."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping

from pipelinekit.model.repository.words import WHOLE, Whom, Word
from pipelinekit.reading.repository import (
    buildpacks,
    ci,
    compose,
    dockerfiles,
    fly,
    hosts,
    procfile,
    shared,
    tools,
    workplace,
)
from pipelinekit.reading.repository.document import json_of, toml_of, yaml_of

Reader = Callable[[Mapping[str, str], Whom], Iterable[Word]]


def _alike(read: Callable[[Mapping[str, str]], Iterable[Word]]) -> Reader:
    """A reader of a file that says nothing of who else there is."""
    return lambda texts, _whom: read(texts)


READERS: tuple[Reader, ...] = (
    _alike(procfile.read),
    _alike(dockerfiles.read),
    _alike(fly.read),
    hosts.read,
    _alike(buildpacks.read),
    _alike(tools.read),
    compose.read,
    _alike(ci.read),
    _alike(workplace.read),
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


def _unread(texts: Mapping[str, str], _whom: Whom) -> Iterable[Word]:
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


def read_words(texts: Mapping[str, str], whom: Whom = WHOLE) -> tuple[Word, ...]:
    """Every word about a program of every file that is known, in the order in which they count. Never raises.

    A value that is longer than a line of a person's, or has control characters in it, is left out.
    """
    found: list[Word] = []
    for reader in (*READERS, _unread):
        found += [
            each for each in reader(texts, whom) if len(each.value) <= LONGEST and each.value.isprintable()
        ]
    found = found if whom.alone else shared.of_one(found, whom)
    return tuple(each for each in found[:MOST] if not _is_own(each, whom))


def _is_own(word: Word, whom: Whom) -> bool:
    """Whether it names the Dockerfile that is built anyway."""
    return word.what == "dockerfile" and posixpath.normpath(word.value) == whom.dockerfile
