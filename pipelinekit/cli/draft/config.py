"""`draft config`: what counts for every application of this developer."""

from __future__ import annotations

from dataclasses import replace

import click

from pipelinekit.adapters.folder.drafthome import DraftHome
from pipelinekit.cli.draft.known import KEYS, check, read
from pipelinekit.cli.draft.options import HOME
from pipelinekit.cli.options import JSON
from pipelinekit.cli.output import report
from pipelinekit.errors import DocumentInvalid, UsageError, usage
from pipelinekit.names import nearest


@click.group()
def config() -> None:
    """What counts for every application of yours."""


@config.command("list")
@HOME
@JSON
def show(home: str, as_json: bool) -> None:
    """Show what is set.

    \b
    Example:
      pipelinekit draft config list
    """
    values = read(DraftHome(home))
    if as_json:
        report.as_json(values)
        return
    for key, value in values.items():
        report.result(f"{key} = {value}")
    if not values:
        report.result("nothing is set; known are " + ", ".join(KEYS))


@config.command()
@click.argument("key")
@HOME
def get(key: str, home: str) -> None:
    """Show one value.

    \b
    Example:
      pipelinekit draft config get registry
    """
    values = read(DraftHome(home))
    if key not in values:
        raise usage("not-set", f"'{key}' is not set", hint=nearest(key, KEYS) if key not in KEYS else "")
    report.result(values[key])


@config.command("set")
@click.argument("key")
@click.argument("value")
@HOME
def put(key: str, value: str, home: str) -> None:
    """Set a value.

    \b
    Example:
      pipelinekit draft config set registry localhost:5000
    """
    folder = DraftHome(home)
    values = read(folder)
    try:
        check(key, value, "")
    except DocumentInvalid as error:
        # The same words as of the file, and the exit code of what is typed.
        raise UsageError(*(replace(each, place=None) for each in error.faults)) from error
    folder.save({**values, key: value})
    report.result(f"{key} is {value}")


@config.command()
@click.argument("key")
@HOME
def unset(key: str, home: str) -> None:
    """Forget a value.

    \b
    Example:
      pipelinekit draft config unset registry
    """
    folder = DraftHome(home)
    values = read(folder)
    if values.pop(key, None) is None:
        report.result(f"{key} was not set")
        return
    folder.save(values)
    report.result(f"{key} is not set any more")
