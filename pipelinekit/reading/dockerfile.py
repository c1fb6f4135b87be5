"""Dockerfiles: which images one builds on, and the same text with those pinned to digests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

SCRATCH = "scratch"
"""The empty image, which no registry has."""

_DIRECTIVE = re.compile(r"#\s*escape\s*=\s*(\S)\s*\Z", re.IGNORECASE)
_VARIABLE = re.compile(r"\\\$|\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?\})")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_]\w*)\1")


@dataclass(frozen=True, slots=True)
class Stage:
    """One `FROM`: its name (or empty) and what it begins with, variables filled in."""

    name: str
    image: str


@dataclass(frozen=True, slots=True)
class _Instruction:
    word: str
    rest: str
    first: int
    last: int
    """The lines it stands on, from 0, `last` included."""


def stages(text: str, args: Mapping[str, str]) -> tuple[Stage, ...]:
    """The stages in order; `args` are the build's arguments, which override the file's own defaults."""
    return tuple(stage for _, stage in _walk(text, args) if stage.name != _COPIED)


def bases(text: str, args: Mapping[str, str]) -> tuple[str, ...]:
    """The images that come from elsewhere, each once, in the order of their use."""
    known: set[str] = {SCRATCH}
    found: dict[str, None] = {}
    number = 0
    for _, stage in _walk(text, args):
        if stage.image.lower() not in known and not (stage.name == _COPIED and stage.image.isdigit()):
            found[stage.image] = None
        if stage.name != _COPIED:
            known |= {stage.name.lower(), str(number)} - {""}
            number += 1
    return tuple(found)


def base(text: str, args: Mapping[str, str]) -> str:
    """What the last stage is made on in the end, through the stages it begins with; empty without one."""
    begun: dict[str, str] = {}
    image = ""
    for stage in stages(text, args):
        image = begun.get(stage.image.lower(), stage.image)
        begun[stage.name.lower()] = image
    return image


def arguments(text: str) -> frozenset[str]:
    """The names that `ARG` declares, in whatever stage."""
    words = (word for each in _instructions(text) if each.word == "ARG" for word in each.rest.split())
    return frozenset(word.partition("=")[0] for word in words)


def pin(text: str, args: Mapping[str, str], pinned: Mapping[str, str]) -> str:
    """`text` with each image of `pinned` written as what it is pinned to; nothing else changes."""
    lines = text.splitlines(keepends=True)
    names: set[str] = set()
    for instruction, stage in reversed(_with_names(text, args, names)):
        target = pinned.get(stage.image)
        if target is None:
            continue
        block = "".join(lines[instruction.first : instruction.last + 1])
        changed = _replace_image(block, stage.name == _COPIED, target)
        lines[instruction.first : instruction.last + 1] = [changed]
    return "".join(lines)


_COPIED = "\0copied"


def _with_names(text: str, args: Mapping[str, str], names: set[str]) -> list[tuple[_Instruction, Stage]]:
    """Those that name an image from elsewhere, not an earlier stage."""
    found = []
    for instruction, stage in _walk(text, args):
        if stage.image.lower() not in names:
            found.append((instruction, stage))
        if stage.name != _COPIED and stage.name:
            names.add(stage.name.lower())
    return found


def _walk(text: str, args: Mapping[str, str]) -> list[tuple[_Instruction, Stage]]:
    found: list[tuple[_Instruction, Stage]] = []
    values: dict[str, str] = {}
    for each in _instructions(text):
        if each.word == "ARG" and not found:
            for name, equals, default in (word.partition("=") for word in each.rest.split()):
                given = _fill(default.strip("\"'"), values) if equals else ""
                values[name] = args.get(name, given)
        elif each.word == "FROM":
            words = [word for word in each.rest.split() if not word.startswith("--")]
            image = _fill(words[0], values) if words else ""
            named = words[2] if len(words) > 2 and words[1].upper() == "AS" else ""
            found.append((each, Stage(named, image)))
        elif each.word in {"COPY", "ADD"}:
            match = re.search(r"(?:^|\s)--from=(\S+)", each.rest)
            if match and found:
                found.append((each, Stage(_COPIED, match[1])))
    return found


def _instructions(text: str) -> list[_Instruction]:
    found: list[_Instruction] = []
    lines = text.splitlines()
    escape = _escape(lines)
    at = 0
    while at < len(lines):
        first = at
        parts: list[str] = []
        if not lines[at].strip() or lines[at].lstrip().startswith("#"):
            at += 1
            continue
        while at < len(lines):
            line = lines[at].strip()
            at += 1
            if parts and (not line or line.startswith("#")):
                continue
            parts.append(line.removesuffix(escape).rstrip())
            if not line.endswith(escape):
                break
        whole = " ".join(parts)
        word, *rest = whole.split(maxsplit=1) or [""]
        found.append(_Instruction(word.upper(), rest[0] if rest else "", first, at - 1))
        if word.upper() in {"RUN", "COPY", "ADD"}:
            at = _after_heredocs(lines, at, whole)
    return found


def _after_heredocs(lines: list[str], at: int, instruction: str) -> int:
    """The line after the texts that an instruction has in itself: FROM in there means nothing."""
    for match in _HEREDOC.finditer(instruction):
        end = at
        while end < len(lines) and lines[end].strip("\t") != match[2]:
            end += 1
        if end == len(lines):
            # No end: then `<<` was the shell's, or a syntax that this builder does not know.
            return at
        at = end + 1
    return at


def _escape(lines: list[str]) -> str:
    for line in lines:
        if not line.lstrip().startswith("#") or "=" not in line:
            break
        match = _DIRECTIVE.match(line.strip())
        if match:
            return match[1]
    return "\\"


def _fill(text: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[0] == "\\$":
            return "$"
        found = values.get(match[1] or match[2], "")
        if match[3] in {":-", "-"}:
            return found or _fill(match[4], values)
        if match[3] in {":+", "+"}:
            return _fill(match[4], values) if found else ""
        return found

    return _VARIABLE.sub(value, text)


def _replace_image(block: str, copied: bool, target: str) -> str:
    if copied:
        return re.sub(r"(--from=)\S+", lambda match: match[1] + target, block, count=1)
    return re.sub(
        r"(?is)\A(\s*FROM(?:\s|\\\n|`\n)+(?:--\S+(?:\s|\\\n|`\n)+)*)(\S+)",
        lambda match: match[1] + target,
        block,
        count=1,
    )
