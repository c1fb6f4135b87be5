"""docs/commands.md: every verb, as its `--help` has it."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator

import click

from pipelinekit.cli import main
from tests.pages.markdown import cell, prose, table

HEAD = """\
# Every command

<!-- all checked: the example of each verb's own --help; tests/pages/proofs.md names the test that runs it -->

Made from the command line by `python -m tests.derived`; a test compares. `--help` of each says more.
Exit codes: 0 fine, 1 check failed, 2 usage, 3 document invalid, 4 tool missing, 5 tool failed, 6 refused.
"""


def page() -> str:
    """The whole page."""
    found = list(_verbs(main.group(), ("pipelinekit",)))
    contents = [_entry(path, command) for path, command in found]
    sections = [_section(path, command) for path, command in found]
    return "\n".join([HEAD, *contents, "", *sections])


def _entry(path: tuple[str, ...], command: click.Command) -> str:
    link = f"[{' '.join(path[1:])}](#{_anchor(path)})"
    return f"{'    ' * (len(path) - 2)}- {link}: {prose(command.get_short_help_str(limit=120))}"


def _anchor(path: tuple[str, ...]) -> str:
    return "-".join(path)


def _verbs(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if command.hidden:
            continue
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _verbs(command, (*path, name))


def _section(path: tuple[str, ...], command: click.Command) -> str:
    # The name is the context's: in a usage line, click writes it before the verb's own words.
    context = click.Context(command, info_name=" ".join(path))
    about, example = _help(command)
    parts = [f"{'#' * min(len(path), 3)} {' '.join(path)}", about]
    usage = " ".join([*path, *command.collect_usage_pieces(context)])
    parts.append(f"`{usage}`")
    if example:
        parts.append(f"```sh\n{example}\n```")
    records = [each.get_help_record(context) for each in command.params]
    rows = [(f"`{cell(each[0])}`", prose(each[1])) for each in records if each]
    if rows:
        parts.append(table(("option", "what it does"), rows))
    return "\n\n".join(parts) + "\n"


def _help(command: click.Command) -> tuple[str, str]:
    """The first paragraph, in one line, and the lines of the example."""
    about, _, rest = inspect.cleandoc(command.help or "").partition("\b\n")
    assert about.strip(), f"{command.name} has no help"
    example = re.search(r"^Examples?:\n((?:[ ]+.*\n?)+)", rest, re.MULTILINE)
    return prose(about.split("\n\n")[0]), textwrap.dedent(example[1]).rstrip() if example else ""
