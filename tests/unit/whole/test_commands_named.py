"""Every command that a message names is one that there is, with the options that it has."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator

import click
import pytest

from pipelinekit.cli import main

_COMMAND = re.compile(r"`pipelinekit ([^`]*)`")


def fault_of(words: list[str]) -> str:
    """Why nobody can type this, or nothing."""
    group: click.Command = main.group()
    context = click.Context(group, info_name="pipelinekit")
    while words and isinstance(group, click.Group):
        if words[0].startswith(("{", "-")):
            return ""
        command = group.get_command(context, words[0])
        if command is None:
            return f"there is no verb {words[0]}"
        group, words = command, words[1:]
    known = {"--help", *(option for each in group.params for option in (*each.opts, *each.secondary_opts))}
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
    if unknown:
        return f"{group.name} has no {unknown[0]}"
    needed = [each for each in group.params if isinstance(each, click.Argument) and each.required]
    return f"{group.name} lacks {needed[0].name}" if needed and not words else ""


def test_every_command_that_a_message_names_can_be_typed(pytestconfig: pytest.Config) -> None:
    named = [
        (path.name, found[1].replace("\\", ""))
        for path in sorted((pytestconfig.rootpath / "pipelinekit").rglob("*.py"))
        for found in _COMMAND.finditer(re.sub(r'"\s*\n\s*f?"', "", path.read_text()))
    ]
    assert len(named) > 20
    faults = [f"{name}: `pipelinekit {text}`: {fault_of(shlex.split(text))}" for name, text in named]
    assert [each for each in faults if not each.endswith(": ")] == []


def test_every_command_in_a_message_is_set_off_so_that_it_is_completed(pytestconfig: pytest.Config) -> None:
    """What stands between backticks gets the platform that was typed: `cli/output/nextstep.py`."""
    verbs = "|".join(main.group().list_commands(click.Context(main.group())))
    bare = re.compile(rf"(?<![\w/.[-])pipelinekit (?:{verbs})\b")
    found = [
        f"{path.name}: {text[at.start() : at.end() + 40]}"
        for path in sorted((pytestconfig.rootpath / "pipelinekit").rglob("*.py"))
        for text in _messages(ast.parse(path.read_text()))
        for at in bare.finditer(text)
        # A command on its own is set off where it is put into a message; lines to be pasted are bare.
        if not re.search(r"&&|next: |\x08", text)
        if at.start() and text[: at.start()].count("`") % 2 == 0
    ]
    assert found == []


def _messages(tree: ast.AST) -> Iterator[str]:
    """Every text of a program but for its docstrings; what is filled into one is dots."""
    inside = {
        id(value) for each in ast.walk(tree) if isinstance(each, ast.JoinedStr) for value in each.values
    }
    inside |= {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in each.values)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in inside:
            yield each.value


def test_every_example_in_a_verbs_help_can_be_typed() -> None:
    faults = [
        f"{line}: {fault}"
        for line in _examples(main.group(), click.Context(main.group()))
        if (fault := fault_of(shlex.split(line)[1:]))
    ]
    assert faults == []


def _examples(command: click.Command, context: click.Context) -> list[str]:
    text = (command.help or "").partition("Example")[2].replace("\\\n", " ")
    lines = [each.strip() for each in text.splitlines()]
    found = [each for each in lines if each.startswith("pipelinekit ") and " | " not in each]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            found += _examples(inner, context)
    return [re.split(r"\s{2,}|>|#", each)[0] for each in found]
