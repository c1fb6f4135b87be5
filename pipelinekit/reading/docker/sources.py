"""Whether a Dockerfile makes no more than runtime, packages and the sources as they are."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Sequence

from pipelinekit.model.sources import Layout
from pipelinekit.reading.docker.dockerfile import WORD, Instruction, instructions

RUNTIMES = {"python": "python", "node": "node"}
"""The languages whose sources run as they are, and the program that can receive them in their images."""
_HARMLESS = re.compile(r"npm prune\b|pnpm prune\b|yarn (install --production|workspaces focus)\b|(rm|ln) ")
_STEPS = re.compile(r"&&|\|\||[;|&\n]")
_INNER = re.compile(r"`|\$\(|<\(")
_IF_PRESENT = "npm run build --if-present"


def layout_of(text: str, language: str, package: str = "", target: str = "") -> Layout | str:
    """How a Dockerfile takes its sources, or the reason why a change of them needs a build.

    `package` is package.json's text: without a script `build` nothing is made of the sources. `target` is the
    stage that is built; the last one without it.
    """
    if language == "static":
        return _served(text, target)
    runtime = RUNTIMES.get(language)
    if runtime is None:
        return f"sources of {language} are compiled"
    counted = _reachable(instructions(text), target)
    whole = next((at for at, each in enumerate(counted) if copied(each) == ["."]), None)
    if whole is None:
        return "the Dockerfile has no COPY of the folder as a whole"
    for each in counted[whole + 1 :]:
        command = _command(each)
        builds = command == _IF_PRESENT and not _has_build(package)
        if each.word == "RUN" and not builds and not _is_harmless(command):
            return f"something is made of them: RUN {command[:60]}"
    apart = {source.removeprefix("./").rstrip("/") for each in counted for source in copied(each)}
    return Layout(runtime=runtime, apart=tuple(sorted(apart - {".", ""})))


def _served(text: str, target: str) -> Layout | str:
    """How a Dockerfile takes one folder that is served as it is."""
    counted = _reachable(instructions(text), target)
    final = max((at for at, each in enumerate(counted) if each.word == "FROM"), default=0)
    copies = (each for each in counted[final:] if each.word == "COPY")
    taken = [each for each in copies if any(word.endswith("/") for word in _words(each)[:-1])]
    words = _words(taken[0]) if len(taken) == 1 and not _from(taken[0]) else []
    if len(words) != 2 or not words[1].startswith("/") or "$" in "".join(words):
        return "the Dockerfile has no COPY of one folder to where it is served from"
    for each in counted[counted.index(taken[0]) + 1 :]:
        if each.word == "RUN":
            return f"something is made of them: RUN {_command(each)[:60]}"
    folder = posixpath.normpath(words[0]).removeprefix("/")
    apart = {posixpath.normpath(source) for each in counted for source in copied(each)} - {".", folder}
    return Layout(
        runtime="sh",
        apart=tuple(sorted(apart)),
        folder="" if folder == "." else folder,
        where=words[1].rstrip("/") or "/",
    )


def _reachable(found: Sequence[Instruction], target: str) -> list[Instruction]:
    """The instructions of the stage that is built, and before them those of the stages it is made of."""
    stages: list[list[Instruction]] = []
    for each in found:
        if each.word == "FROM":
            stages.append([])
        if stages:
            stages[-1].append(each)
    names = {str(number): number for number in range(len(stages))}
    names |= {_name(stage[0]): number for number, stage in enumerate(stages)}
    wanted, waiting = set[int](), [names.get(target.lower(), len(stages) - 1)] if stages else []
    while waiting:
        number = waiting.pop()
        if number in wanted:
            continue
        wanted.add(number)
        for each in stages[number]:
            other = names.get(_from(each).lower(), -1)
            waiting += [other] if 0 <= other < number else []
    return [each for number in sorted(wanted) for each in stages[number]]


def _name(each: Instruction) -> str:
    words = each.rest.split()
    return words[-1].lower() if len(words) > 2 and words[-2].upper() == "AS" else f"#{each.at[0]}"


def _from(each: Instruction) -> str:
    if each.word == "FROM":
        words = [word for word in each.rest.split() if not word.startswith("--")]
        return words[0] if words else ""
    found = re.match(r"(?:--\S+\s+)*--from=(\S+)", each.rest)
    return found[1] if found and each.word == "COPY" else ""


def _words(each: Instruction) -> list[str]:
    rest = re.sub(r"^(--\S+\s+)+", "", each.rest)
    if rest.startswith("["):
        try:
            return [str(word) for word in json.loads(rest)]
        except (ValueError, RecursionError):
            return []
    return [] if rest.startswith("<<") else WORD.findall(rest)


def _command(each: Instruction) -> str:
    words = _words(each) if each.word == "RUN" else []
    return words[2] if words[:2] == ["sh", "-c"] and len(words) > 2 else " ".join(words)


def copied(each: Instruction) -> list[str]:
    """What a step copies out of the folder that is built; nothing of what it takes from a stage or image."""
    if each.word not in {"COPY", "ADD"} or _from(each):
        return []
    return ["." if word == "./" else word for word in _words(each)[:-1]]


def _is_harmless(command: str) -> bool:
    """Whether each of the steps that a shell makes of it is: one that is may stand before one that is not."""
    return not _INNER.search(command) and all(_HARMLESS.match(each.strip()) for each in _STEPS.split(command))


def _has_build(package: str) -> bool:
    try:
        scripts = json.loads(package).get("scripts") if package else {}
    except (ValueError, AttributeError, RecursionError):
        return True
    return not isinstance(scripts or {}, dict) or "build" in (scripts or {})
