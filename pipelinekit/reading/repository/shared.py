"""Files that speak of one program, in a folder that has several: whose their words are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelinekit.model.repository.words import Whom, Word
from pipelinekit.reading.repository.candidates import is_called

_OF_ALL = frozenset(("version", "test", "service", "note"))
"""What holds for each of them."""
_KNOWS = re.compile(r"(?:docker-)?compose\.ya?ml$|render\.yaml$")
"""Files whose reader has looked for the program itself."""


def of_one(words: Sequence[Word], whom: Whom) -> list[Word]:
    """Those that are about the program, or about all of them; a file that speaks of another is told."""
    files: dict[str, list[Word]] = {}
    for each in words:
        files.setdefault(each.place.partition(":")[0], []).append(each)
    found: list[Word] = []
    for file, said in files.items():
        found += said if _KNOWS.search(file) else _of_file(file, said, whom)
    return found


def _of_file(file: str, said: Sequence[Word], whom: Whom) -> Iterator[Word]:
    commands = [each for each in said if each.what == "command"]
    ours = [each for each in commands if _starts(each, whom)]
    yield from (each for each in said if each.what in _OF_ALL)
    own = [each for each in said if each.what not in _OF_ALL]
    if any(
        each.what == "dockerfile" and posixpath.normpath(each.value) == whom.dockerfile for each in own
    ) or (ours and len(ours) == len(commands)):
        yield from own
        return
    for each in ours:
        yield replace(each, name="web")
        if each.name != "web":
            yield Word(what="worker", value=f"{each.name} is no process that is served", place=each.place)
    # Around several processes, the port and the checks are those of the one that is served.
    if any(each.name == "web" for each in ours):
        yield from (each for each in own if each.what not in {"command", "before"})
    elif own and not ours:
        words = "it speaks of one of several programs, and not of this one by name: nothing of it is taken"
        yield Word(what="note", value=words, place=file)


def _starts(word: Word, whom: Whom) -> bool:
    """Whether a line starts this program: by its name, or by the process' own."""
    started = posixpath.basename(word.value.split()[0]) if word.value.split() else ""
    if started in whom.names:
        return True
    if word.name not in {"web", "app"} and is_called(word.name, whom):
        return True
    return any(
        re.search(rf"(?:^|[\s/@:=]){re.escape(each)}(?:$|[\s/.:])", word.value) for each in whom.names if each
    )
