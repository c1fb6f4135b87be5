"""A Dockerfile as the engine's own builder builds it fastest.

That builder makes a container for each instruction that it has not cached, and caches none after a file that
has changed. What says of an image only how it is run can be said first, and is then cached.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipelinekit.reading.docker.dockerfile import Instruction, escape_of, instructions

_KNOWN = frozenset((
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
    "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
))  # fmt: skip
"""Instructions of a Dockerfile. A text with another is refused, and by the line where that one stands."""
_COMMANDS = frozenset(("CMD", "ENTRYPOINT"))
_PLAIN = frozenset(("EXPOSE", "STOPSIGNAL"))


def early(text: str, target: str = "") -> str:
    """`text` with what the stage `target`, or the last, says of how it is run directly behind its `FROM`.

    The image that it makes has the same layers and the same configuration. Moved are `EXPOSE` and
    `STOPSIGNAL` without variables, and `CMD` and `ENTRYPOINT` where all of them are lists, in the order in
    which they stand. Other instructions depend on what is before them or change what comes after. A text that
    is not understood comes back as it is. Raises `DocumentInvalid` for one with too many instructions.
    """
    found = instructions(text)
    stage = _stage(found, target)
    if not stage or {each.word for each in found} - _KNOWN:
        return text
    if escape_of(text.split("\n", 50)) != "\\" or "<<" in text or not _is_one_line(text, stage[0]):
        return text
    lines = [_line(text, each) for each in _movable(text, stage)]
    _, behind = _line(text, stage[0])
    if not lines or behind > len(text) or (lines[0][0] == behind and _in_a_row(lines)):
        return text
    moved = "".join(f"{text[first:last].rstrip()}\n" for first, last in lines)
    for first, last in reversed(lines):
        text = text[:first] + text[last:]
    return text[:behind] + moved + text[behind:]


def labelled(text: str, labels: str, target: str = "") -> str:
    """`text` with an instruction `LABEL` more at the end of the stage `target`, or of the last.

    Empty where it cannot be told where that one ends: an unfinished line would swallow what comes after it.
    """
    found = instructions(text)
    stage = _stage(found, target)
    rest = found[found.index(stage[-1]) + 1 :] if stage else []
    end = _line(text, rest[0])[0] if rest else len(text)
    added = f"LABEL {labels}"
    made = f"{text[:end].rstrip(chr(10))}\n{added}\n{text[end:]}"
    again = _stage(instructions(made), target) if stage else []
    return made if len(again) == len(stage) + 1 and again[-1].whole == added else ""


def _stage(found: Sequence[Instruction], target: str) -> list[Instruction]:
    """The instructions of a stage, its `FROM` first; none where there is no such stage."""
    begins = [place for place, each in enumerate(found) if each.word == "FROM"]
    ends = [*begins[1:], len(found)]
    parts = [list(found[begin:end]) for begin, end in zip(begins, ends, strict=False)]
    if not target:
        return parts[-1] if parts else []
    # Of two of one name the engine builds the first.
    for number, part in enumerate(parts):
        words = part[0].whole.split()
        name = words[-1].lower() if len(words) > 3 and words[-2].upper() == "AS" else ""
        if target.lower() == name or target == str(number):
            return part
    return []


def _movable(text: str, stage: Sequence[Instruction]) -> Iterator[Instruction]:
    commands = [each for each in stage if each.word in _COMMANDS]
    lists = all(_is_one_line(text, each) and _is_list(each.rest) for each in commands)
    for each in stage:
        if each.word in _COMMANDS:
            if lists:
                yield each
        elif each.word in _PLAIN and "$" not in each.rest and _is_one_line(text, each):
            yield each


def _is_list(words: str) -> bool:
    try:
        read = json.loads(words)
    except (ValueError, RecursionError):
        return False
    return isinstance(read, list) and all(isinstance(each, str) for each in read)


def _is_one_line(text: str, each: Instruction) -> bool:
    """Whether an instruction begins and ends in one line, with nothing behind it that belongs to it."""
    _, end = _line(text, each)
    return "\n" not in text[each.at[0] : each.at[-1]] and not text[each.at[-1] + 1 : end].strip()


def _line(text: str, each: Instruction) -> tuple[int, int]:
    """Where the lines of an instruction begin, and where the next line does."""
    end = text.find("\n", each.at[-1])
    return text.rfind("\n", 0, each.at[0]) + 1, end + 1 if end >= 0 else len(text) + 1


def _in_a_row(lines: Sequence[tuple[int, int]]) -> bool:
    return all(before[1] == after[0] for before, after in pairwise(lines))
