"""A Dockerfile's last stage as the container that it makes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from pipelinekit.model.repository.container import Container
from pipelinekit.reading.docker.dockerfile import WORD, Instruction, escape_of, instructions, stage_of
from pipelinekit.reading.docker.expansion import expand
from pipelinekit.reading.docker.sources import copied

_MAKES_USER = re.compile(r"\b(?:useradd|adduser)\b[^\n;&|]*")
_NUMBER = re.compile(r"(?:^|\s)(?:-u|--uid)[ =](\d{1,9})(?!\d)")
_NAMED = re.compile(r"\$\{?(\w+)(?![\w:])")
"""A variable, but for one that says itself what it is without a value."""
_ASKED = re.compile(r"https?://[\w.\[\]-]+(?::(\d{1,5}))?(/[\w./-]*)?")


def read_container(text: str, args: Mapping[str, str], target: str = "") -> Container | None:
    """What the last stage, or the one called `target`, comes to; None without one. `args` override the file's
    own defaults.

    Raises `DocumentInvalid` for a text that grows beyond all bounds.
    """
    known: dict[str, Container] = {}
    now: Container | None = None
    shared: dict[str, str] = {}
    values: dict[str, str] = {}
    escape = escape_of(text.split("\n", 50))
    for number, each in enumerate(instructions(text)):
        if each.word == "FROM":
            image, name = stage_of(each, shared, escape)
            now = replace(known.get(image.lower(), Container(base=image)))
            known[name.lower() or f"#{number}"] = now
            values = dict(now.env)
            current = name.lower() or f"#{number}"
        elif each.word == "ARG":
            _declare(each, args, shared if now is None else values, shared, escape)
        elif now is not None:
            now = _after(now, each, values, escape)
            known[current] = now
    return known.get(target.lower()) if target else now


def _declare(
    each: Instruction, args: Mapping[str, str], values: dict[str, str], shared: Mapping[str, str], escape: str
) -> None:
    for word in WORD.findall(each.rest):
        name, equals, default = word.partition("=")
        if name in args or (name in shared and not equals):
            values[name] = args.get(name, shared.get(name, ""))
        elif equals:
            values[name] = expand(default, values, escape)


def _after(now: Container, each: Instruction, values: dict[str, str], escape: str) -> Container:
    """The container after one more instruction; `values` are the variables, which `ENV` adds to."""
    if each.word in {"CMD", "ENTRYPOINT"}:
        # An empty list takes back what the base starts.
        return replace(now, starts=each.rest not in {"", "[]"} or now.starts)
    if each.word == "USER":
        return replace(now, user=expand(each.rest, values, escape).partition(":")[0].strip())
    if each.word == "WORKDIR":
        return replace(now, workdir=expand(each.rest, values, escape))
    if each.word == "EXPOSE":
        words = [expand(word, values, escape) for word in each.rest.split()]
        ports = [int(word.partition("/")[0]) for word in words if re.fullmatch(r"\d{1,5}(/tcp)?", word)]
        return replace(now, ports=(*now.ports, *(port for port in ports if 0 < port < 65536)))
    if each.word == "ENV":
        values |= _variables(each.rest, values, escape)
        return replace(now, env={**now.env, **_variables(each.rest, values, escape)})
    if each.word == "VOLUME":
        volumes = (expand(word, values, escape) for word in _listed(each.rest))
        return replace(now, volumes=(*now.volumes, *volumes))
    if each.word == "HEALTHCHECK":
        asked = _ASKED.search(expand(each.rest, values, escape))
        port = int(asked[1]) if asked and asked[1] else 0
        health = (asked[2] or "/") if asked else ""
        return replace(now, health=health, health_port=port if 0 < port < 65536 else None)
    if each.word in {"COPY", "ADD"}:
        sources = copied(each)
        named = [name for word in sources for name in _NAMED.findall(word) if not values.get(name)]
        copies = (*now.copies, *(expand(word, values, escape) for word in sources))
        return replace(now, copies=copies, unsaid=(*now.unsaid, *named))
    return replace(now, users={**now.users, **_users(each.rest)}) if each.word == "RUN" else now


def _variables(rest: str, values: Mapping[str, str], escape: str) -> dict[str, str]:
    words = WORD.findall(rest)
    if words and "=" not in words[0]:
        return {words[0]: expand(rest[len(words[0]) :].strip(), values, escape)}
    pairs = (word.partition("=") for word in words)
    return {name: expand(value, values, escape) for name, equals, value in pairs if equals}


def _listed(rest: str) -> list[str]:
    try:
        return [str(each) for each in json.loads(rest)] if rest.startswith("[") else rest.split()
    except (ValueError, RecursionError):
        return []


def _users(command: str) -> dict[str, int | None]:
    """The users that a step makes; `adduser NAME GROUP` makes none, but then no number is lost."""
    found: dict[str, int | None] = {}
    for match in _MAKES_USER.finditer(command):
        words = match[0].split()
        number = _NUMBER.search(match[0])
        if len(words) > 1 and re.fullmatch(r"[a-z_][\w.-]*\$?", words[-1]):
            found.setdefault(words[-1], int(number[1]) if number else None)
    return found
