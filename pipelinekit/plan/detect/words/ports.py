"""Which port it is, of those that the repository's files say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.signs import UNSERVED, Detected
from pipelinekit.plan.detect.words.kinds import of

_GUESS = "8080 is a guess"


def _without(doubts: tuple[str, ...], *endings: str) -> tuple[str, ...]:
    return tuple(each for each in doubts if not each.endswith(endings))


def port(found: Detected, words: Sequence[Word]) -> Detected:
    """The same with the port that is said; a process that nothing says to serve gets none."""
    said = [
        each
        for each in of(words, "port")
        if re.fullmatch(r"[0-9]{1,5}", each.value) and 0 < int(each.value) < 65536
    ]
    if not said:
        return _serves_nothing(found, of(words, "worker"))
    first, others = said[0], said[1:]
    if first.weak:
        return _perhaps(found, first)
    found = _settled(found, first)
    told = {int(first.value), found.port}
    for each in others:
        if int(each.value) not in told and not each.weak:
            told.add(int(each.value))
            found = found.doubting(f"{each.place} says port {each.value}; {found.port} is served")
    return found


def _serves_nothing(found: Detected, words: Sequence[Word]) -> Detected:
    if not words:
        return found
    if found.port is None or found.asks_port:
        found = replace(found, server=False, port=None, asks_port=False)
        found = replace(found, doubts=_without(found.doubts, _GUESS, UNSERVED))
        return found.because(f"{words[0].place}: {words[0].value}: no port and no probe")
    return found.doubting(
        f"{words[0].place}: {words[0].value}; is there a port at all? The source says {found.port}"
    )


def _perhaps(found: Detected, word: Word) -> Detected:
    if found.port or not found.server:
        return found
    doubts = _without(found.doubts, _GUESS)
    found = replace(found, port=int(word.value), asks_port=False, doubts=doubts)
    return found.doubting(f"{word.place} forwards port {word.value}: nothing else says where it listens")


def _settled(found: Detected, word: Word) -> Detected:
    number = int(word.value)
    found = replace(found, doubts=_without(found.doubts, _GUESS))
    if found.port == number:
        return replace(found, server=True, asks_port=False).because(f"{word.place}: port {number}")
    if found.port is None:
        found = replace(found, port=number, server=True, asks_port=False)
        found = replace(found, doubts=_without(found.doubts, UNSERVED))
        return found.because(f"{word.place}: port {number}")
    old = found.port
    if found.takes_port and not found.keeps_dockerfile:
        found = replace(found, port=number)
        return found.because(f"{word.place}: port {number}, which the variable PORT tells it")
    if found.keeps_dockerfile or found.their_command:
        which = "the Dockerfile" if found.keeps_dockerfile else "the command"
        return found.doubting(f"{word.place} says port {number}, {which} {found.port}, which is taken")
    if found.language in {"php", "static"} or found.is_site:
        return found.because(f"{word.place} says port {number}; the web server here is on {found.port}")
    moved = _moved(found.command, old, number)
    if moved != found.command:
        return replace(found, command=moved, port=number).because(f"{word.place}: port {number}")
    found = replace(found, port=number)
    if any(re.search(r"(?<!\w)PORT(?!\w)", each) and str(old) in each for each in found.evidence):
        return found.because(f"{word.place}: port {number}, which the variable PORT tells it")
    return found.doubting(f"{word.place} says port {number}, the source {old}: {number} is taken")


def _moved(command: tuple[str, ...], old: int, new: int) -> tuple[str, ...]:
    """A command of ours, on another port."""
    return tuple(re.sub(rf"(?<![\d.]){old}\b(?!\.)", str(new), each) for each in command)
