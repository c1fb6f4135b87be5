"""Commands that are printed as a next step: completed with what was typed, so that they work as printed."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

VARIABLE = "PIPELINEKIT_PLATFORM"
_COMMAND = re.compile(r"`(pipelinekit [^`]+)`")
_HERE = frozenset({"platform", "jobs", "seed"})
"""Groups whose verbs take the current folder for the platform where none is named."""

_typed: dict[str, str] = {}
"""What this command line says of where: `verb` is its first word, the rest are options with their values."""


def typed(context: click.Context, option: click.Parameter, value: str) -> str:
    """Remember an option's value where it was typed: a variable counts for the next command as well."""
    from click.core import ParameterSource

    words = context.command_path.split()
    _typed["verb"] = words[1] if len(words) > 1 else ""
    if value and context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE:
        _typed[option.opts[0]] = value
    return value


def forget() -> None:
    """Begin anew: another command line."""
    _typed.clear()


def completed(text: str) -> str:
    """A text whose commands name the platform and the environment that this command line names.

    The environment is given to the verbs of `platform` alone: of others it says something else.
    """
    return _COMMAND.sub(lambda found: f"`{found[1]}{_more(found[1])}`", text) if _typed else text


def _more(command: str) -> str:
    words = command.split()
    known, added = _options(words[1:]), []
    if "--platform" in known and "--platform" not in words:
        stays = words[1] in _HERE or os.environ.get(VARIABLE)
        here = "." if _typed["verb"] in _HERE and not stays else ""
        added.append(("--platform", _typed.get("--platform", here)))
    if words[1] == "platform" and "--env" in known and "--env" not in words:
        added.append(("--env", _typed.get("--env", "")))
    return "".join(f" {option} {shlex.quote(value)}" for option, value in added if value)


def _options(words: list[str]) -> frozenset[str]:
    """The options of the verb that these words name; none of a group, or of what is no verb."""
    import click

    from pipelinekit.cli.lazy import LazyGroup

    command: click.Command | None = LazyGroup()
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(click.Context(command), word)
    if command is None or isinstance(command, click.Group):
        return frozenset()
    return frozenset(opt for each in command.params for opt in each.opts)
