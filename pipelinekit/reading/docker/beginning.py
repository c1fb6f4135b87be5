"""With which command an image begins, by its Dockerfile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from pipelinekit.reading.docker.dockerfile import Instruction, instructions, stages
from pipelinekit.records import dataclass

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What a stage begins with so far."""

    entry: Words
    command: Words
    own: bool = False
    """Whether the command is one of the Dockerfile's own."""
    shell: Words = ("/bin/sh", "-c")


def begins(text: str, base: tuple[Words, Words], args: Mapping[str, str], target: str = "") -> Words:
    """The words that the image of the last stage, or of the `target`, begins with.

    `base` are ENTRYPOINT and CMD of what it builds on; `args` override the file's own defaults.

    As the engine has it: an ENTRYPOINT leaves no CMD but one of the Dockerfile's own.
    """
    now = before = _Beginning(*base)
    known: dict[str, _Beginning] = {}
    names: set[str] = set()
    made = enumerate(stages(text, args))
    for each in instructions(text):
        if each.word == "FROM":
            if target and target.lower() in names:
                break
            number, stage = next(made)
            # Docker tells names apart by no case.
            now, names = known.get(stage.image.lower(), before), {stage.name.lower(), str(number)} - {""}
        now = _after(now, each)
        known |= dict.fromkeys(names, now)
    return (*now.entry, *now.command)


def _after(now: _Beginning, each: Instruction) -> _Beginning:
    match each.word:
        case "CMD":
            return replace(now, command=_words(each.rest, now.shell), own=True)
        case "ENTRYPOINT":
            entry = _words(each.rest, now.shell)
            return replace(now, entry=entry, command=now.command if now.own else ())
        case "SHELL":
            return replace(now, shell=_listed(each.rest) or now.shell)
    return now


def _words(rest: str, shell: Words) -> Words:
    listed = _listed(rest)
    return (*shell, rest) if listed is None else listed


def _listed(rest: str) -> Words | None:
    """The words of a list; None for what is none."""
    try:
        return tuple(str(each) for each in json.loads(rest)) if rest.startswith("[") else None
    except (ValueError, RecursionError):
        return None
