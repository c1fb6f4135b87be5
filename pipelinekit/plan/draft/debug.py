"""A debugger in front of a copy's programs: which it is, how it begins, and where there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.errors import refused
from pipelinekit.plan.sync.values import more
from pipelinekit.records import dataclass

Values = Mapping[str, Any]

PORT = "draft-debug"
"""The name of a debugger's port, in a container."""
MORE = 192
"""MiB that a debugger in Python needs beside the program."""
_HOST = "127.0.0.1"
"""Whoever reaches a debugger runs what they like: nobody does but through the forwarder."""
_PORTS = {"python": 5678, "node": 9229, "java": 5005}
"""Where the editors look for each."""
_MODULES = {
    **{name: name for name in ("celery", "daphne", "flask", "gunicorn", "hypercorn", "uvicorn")},
    "django-admin": "django",
    "waitress-serve": "waitress",
}
"""Python programs that are modules as well."""
_FLAGS = re.compile(r"-([bBdEiIOPqRsSuvx]+)([mc]?)")
_REASONS = {
    "go": "a debugger of Go's holds the process by ptrace, and restricted Pod Security refuses that",
    "rust": "a debugger of Rust's holds the process by ptrace, and restricted Pod Security refuses that",
    "dotnet": "a debugger of .NET's is entered by exec into the image, and is no part of it",
    "ruby": "a debugger of Ruby's is begun by the program itself (`require 'debug/open'`)",
    "php": "a debugger of PHP's calls the editor, and no pod reaches that",
    "static": "a static site has no program of its own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Debugger:
    """One process with a debugger: the words that it begins with, and those that try whether it is there."""

    kind: str
    port: int
    command: tuple[str, ...]
    trial: tuple[str, ...] = ()


def debuggers(own: Values, begins: Sequence[str], language: str) -> dict[str, Debugger]:
    """Those of the processes that can have one; `own` are the chart's values, `begins` the image's words.

    Raises `Refused`, with the reason, where none of them can.
    """
    found: dict[str, Debugger] = {}
    odd: list[str] = []
    for name, process in _mapping(own.get("processes")).items():
        if not isinstance(process, Mapping) or process.get("schedule"):
            continue
        said = process.get("command")
        words = [str(each) for each in (said if said and isinstance(said, list | tuple) else begins)]
        if one := _of(words, _taken(process)):
            found[name] = one
        else:
            odd.append(f"{name} begins with `{' '.join(words[:2])[:60]}`")
    if not found:
        reason = _REASONS.get(language) or f"{'; '.join(odd) or 'nothing in it keeps running'}"
        raise refused(
            "debug-unable",
            f"no debugger: {reason}",
            hint="a command that begins with python, node or java can have one",
        )
    return found


def lacking(kind: str, name: str) -> str:
    """What to do where an image does not have the debugger."""
    if kind == "python":
        return "add debugpy to the packages that the image is made of (requirements.txt)"
    return f"take a base image for {name} whose runtime has the module of the debugger"


def debugged(found: Mapping[str, Debugger], own: Values) -> dict[str, Any]:
    """What is laid over the chart's values, so that these processes have their debuggers."""
    processes: dict[str, dict[str, Any]] = {}
    for name, one in found.items():
        processes[name] = {"command": list(one.command)}
        memory = _mapping(_mapping(_mapping(own.get("processes")).get(name)).get("resources")).get("memory")
        if memory and one.kind == "python":
            processes[name]["resources"] = {"memory": more(str(memory), MORE)}
    ports = {name: one.port for name, one in found.items()}
    return {"develop": {"debug": ports}, "processes": processes}


def kept(own: Values, installed: Values) -> dict[str, Any]:
    """What `debugged` laid over the values that are installed, for the chart's values as they are now.

    Where the image says how a process begins, it begins as it did.
    """
    processes: dict[str, dict[str, Any]] = {}
    for name in _mapping(_mapping(installed.get("develop")).get("debug")):
        process = _mapping(_mapping(own.get("processes")).get(name))
        there = _mapping(_mapping(installed.get("processes")).get(name))
        said, command = process.get("command"), there.get("command")
        if said and isinstance(said, list | tuple):
            one = _of([str(each) for each in said], _taken(process))
            command = list(one.command if one else said)
        processes[name] = {"command": command}
        memory = _mapping(process.get("resources")).get("memory")
        if memory and isinstance(command, list) and "debugpy" in command:
            processes[name]["resources"] = {"memory": more(str(memory), MORE)}
    return {"processes": processes} if processes else {}


def _of(words: Sequence[str], taken: set[int]) -> Debugger | None:
    program = words[0].rpartition("/")[2] if words else ""
    for kind, make in (("python", _python), ("node", _node), ("java", _java)):
        port = next(each for each in range(_PORTS[kind], 65536) if each not in taken)
        if made := make(program, words, f"{_HOST}:{port}"):
            command, trial = made
            return Debugger(kind=kind, port=port, command=tuple(command), trial=tuple(trial))
    return None


def _python(program: str, words: Sequence[str], at: str) -> tuple[list[str], list[str]] | None:
    if module := _MODULES.get(program):
        words = ["python", "-m", module, *words[1:]]
    elif not re.fullmatch(r"python[0-9.]*", program):
        return None
    before, rest = _options(words)
    if not rest:
        return None
    debugger = ["-m", "debugpy", "--listen", at]
    return [*before, *debugger, *rest], [words[0], "-c", "import debugpy"]


def _options(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The interpreter with its own options, and what it runs; that is empty where it cannot be told."""
    before, rest = [words[0]], list(words[1:])
    while rest and rest[0].startswith("-") and rest[0] not in {"-m", "-c"}:
        word = rest.pop(0)
        if word in {"-X", "-W"} and rest:
            before += [word, rest.pop(0)]
        elif word.startswith(("-X", "-W")) and len(word) > 2:
            before.append(word)
        elif found := _FLAGS.fullmatch(word):
            before.append(f"-{found[1]}")
            if found[2]:
                rest.insert(0, f"-{found[2]}")
        else:
            return before, []
    return before, rest


def _node(program: str, words: Sequence[str], at: str) -> tuple[list[str], list[str]] | None:
    # Not in NODE_OPTIONS: whatever the program begins would want the same port.
    return ([words[0], f"--inspect={at}", *words[1:]], []) if program in {"node", "nodejs"} else None


def _java(program: str, words: Sequence[str], at: str) -> tuple[list[str], list[str]] | None:
    if program != "java":
        return None
    agent = f"-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address={at}"
    return [words[0], agent, *words[1:]], [words[0], "-agentlib:jdwp=help"]


def _taken(process: Values) -> set[int]:
    ports = (process.get("port"), *_mapping(process.get("ports")).values())
    return {each for each in ports if isinstance(each, int)}


def _mapping(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}
