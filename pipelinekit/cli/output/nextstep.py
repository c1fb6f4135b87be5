"""Commands that are printed as a next step: completed with what was typed, so that they work as printed."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

VARIABLE = "PIPELINEKIT_PLATFORM"
FOLDER = "DIR"
"""The word for a platform that is on this disk alone, where a repository's address is not taken."""
_COMMAND = re.compile(r"`(pipelinekit [^`]+)`")
_HERE = frozenset({"platform", "jobs", "seed"})
"""Groups whose verbs take the current folder for the platform where none is named."""

_typed: list[dict[str, str]] = []
"""What the command line that runs says of where: `verb` is its first word, the rest are options."""


def typed(context: click.Context, option: click.Parameter, value: str) -> str:
    """Remember an option's value where it was typed: a variable counts for the next command as well."""
    from click.core import ParameterSource

    words = context.command_path.split()
    for line in _typed:
        line["verb"] = words[1] if len(words) > 1 else ""
        if value and context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE:
            line[option.opts[0]] = value
    return value


def begin() -> None:
    """A command line runs from here on, until `forget`."""
    _typed[:] = [{}]


def forget() -> None:
    """It has ended."""
    _typed.clear()


def completed(text: str) -> str:
    """A text whose commands name the platform and the environment that this command line names.

    The environment is given to the verbs of `platform` alone: of others it says something else.
    """
    if not _typed:
        return text
    (line,) = _typed
    return _COMMAND.sub(lambda found: f"`{found[1]}{_more(found[1], line)}`", text)


def _more(command: str, line: dict[str, str]) -> str:
    words = command.split()
    known, added = _options(words[1:]), []
    if "--platform" in known and "--platform" not in words:
        stays = words[1] in _HERE or os.environ.get(VARIABLE)
        here = "." if line.get("verb") in _HERE and not stays else ""
        where = line.get("--platform", here)
        # Whoever follows the step clones it: which folder that is, nobody knows yet.
        elsewhere = where.startswith("git+") and known["--platform"] == FOLDER
        added.append(("--platform", "" if elsewhere else where))
    if words[1] == "platform" and "--env" in known and "--env" not in words:
        added.append(("--env", line.get("--env", "")))
    return "".join(f" {option} {shlex.quote(value)}" for option, value in added if value)


def _options(words: list[str]) -> dict[str, str]:
    """The options of the verb that these words name, with the word for their values; none of a group."""
    import click

    from pipelinekit.cli.lazy import LazyGroup

    command: click.Command | None = LazyGroup()
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(click.Context(command), word)
    if command is None or isinstance(command, click.Group):
        return {}
    return {opt: str(each.metavar) for each in command.params for opt in each.opts}
