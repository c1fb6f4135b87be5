"""What people type where a verb takes no argument: their descriptor, their folder, their application."""

from __future__ import annotations

import re
from pathlib import Path

import click

_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)")


def hint(error: click.ClickException) -> str:
    """The option that the argument belongs to, or nothing."""
    found = _EXTRA.match(error.format_message())
    if not found or not isinstance(error, click.UsageError) or error.ctx is None:
        return ""
    # No word of a command line has to be a path, or one that this system can hold.
    word = found[1].split(" ")[0]
    options = {option for each in error.ctx.command.params for option in each.opts}
    if re.search(r"platform[^/]*\.ya?ml$", word) and "--platform" in options:
        return f"a platform's document is named with --platform {word}"
    if re.search(r"\.ya?ml$", word) and "--path" in options:
        return f"an application is named by its folder: --path {Path(word).parent}"
    if "--env" in options:
        return f"an environment is named with --env {word}, another application's folder with --path"
    if "--path" in options:
        return f"the application is the one of this folder; --path names another: --path {word}"
    return ""
