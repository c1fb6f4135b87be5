"""What people type where a verb does not take it: a descriptor, another verb's option, a group's command."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from pipelinekit import names

_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)")
_COMMAND = re.compile(r"(?:There is no verb|No such command) '([^']+)'")
_NO_CHOICE = re.compile(r": '([^']+)' is not one of '")
_MISSING = "Missing argument"
_NUMBER = click.types.IntParamType

_CALLED = {
    "--env": ("--to",),
    "--environment": ("--env", "--to"),
    "--to": ("--env",),
    "--app": ("--path",),
    "--application": ("--path",),
    "--dir": ("--path", "--from"),
    "--folder": ("--path", "--from"),
    "--file": ("--path",),
    "--dry-run": ("--plan", "--diff", "--check"),
    "--format": ("--json",),
    "--output": ("--json",),
}
"""What other tools call an option, and what it may be here."""
_FEW = 6
"""What more verbs have than that is nobody's own option."""
OWN = "dockerfile"
_OWN = f"--language {OWN} takes any other language, built by a Dockerfile of its own"
_SHOWN = 3
"""As many verbs as fit into a line that somebody reads."""


def hint(error: click.ClickException, typed: Sequence[str] = ()) -> str:
    """What to type instead of `typed`, as far as that can be told, or nothing."""
    if isinstance(error, click.BadOptionUsage):
        # Nothing but the words says whose option that is.
        named = (command for words, command in commands() if words == tuple(typed[: len(words)]))
        return next((_of_value(_option_of(each, error.option_name)) for each in named), "")
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return ""
    message = error.format_message()
    if isinstance(error, click.NoSuchOption):
        return _option(error.option_name, error.ctx, meant=bool(error.possibilities))
    if isinstance(error, click.BadParameter) and error.param and isinstance(error.param.type, click.Choice):
        one, choices = _NO_CHOICE.search(message), [*map(str, error.param.type.choices)]
        others = _OWN if OWN in choices and "did you mean" not in message else ""
        return (names.meant(one[1], choices) if one else "") or others
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Option):
        speaks = isinstance(error, click.MissingParameter) or isinstance(error.param.type, _NUMBER)
        return _of_value(error.param) if speaks else ""
    if found := _COMMAND.match(message):
        return _command(found[1], error.ctx, meant="Did you mean" in message)
    if message.startswith(_MISSING):
        return _example(error.ctx.command)
    found = _EXTRA.match(message)
    # No word of a command line has to be a path, or one that this system can hold.
    return _argument(found[1].split(" ")[0], error.ctx) if found else ""


def heard(error: click.ClickException) -> click.ClickException:
    """The error without a guess at what is near, where what was typed is known by that very name."""
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return error
    if isinstance(error, click.NoSuchOption):
        ours = _ours(error.option_name, error.ctx, near=False)
        known = ours or any(error.option_name in _options(command) for _, command in commands())
        near = [] if known else _near(error.option_name, error.possibilities or ())
        return click.NoSuchOption(error.option_name, possibilities=near, ctx=error.ctx)
    found = _COMMAND.match(error.message)
    return click.UsageError(f"{found[0]}.", error.ctx) if found and elsewhere(found[1]) else error


def _near(name: str, possibilities: Iterable[str]) -> list[str]:
    """Those that are near without their hyphens, which all options have alike."""
    return [
        each
        for each in possibilities
        if difflib.get_close_matches(name.strip("-"), [each.strip("-")], n=1, cutoff=0.6)
    ]


def elsewhere(word: str) -> list[tuple[str, ...]]:
    """The commands of that name, whatever their group."""
    return [words for words, _ in commands() if words[-1] == word]


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, by the words that name it; all of their modules are imported."""
    from pipelinekit.cli.lazy import LazyGroup

    yield from _below((), LazyGroup())


def _below(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield words, command
        return
    ctx = click.Context(command)
    for name in command.list_commands(ctx):
        each = command.get_command(ctx, name)
        if each is not None:
            yield from _below((*words, name), each)


def _argument(word: str, ctx: click.Context) -> str:
    options = _options(ctx.command)
    if re.search(r"platform[^/]*\.ya?ml$", word) and "--platform" in options:
        return f"a platform's document is named with --platform {word}"
    if re.search(r"\.ya?ml$", word) and "--path" in options:
        return f"an application is named by its folder: --path {Path(word).parent}"
    if "--only" in options and "--path" not in options:
        return f"some of them are named with --only {word}"
    if "--env" in options:
        other = ", another application's folder with --path" if "--path" in options else ""
        return f"an environment is named with --env {word}{other}"
    if "--path" in options:
        return f"the application is the one of this folder; --path names another: --path {word}"
    return f"without it: `{ctx.command_path}`"


def _option(name: str, ctx: click.Context, *, meant: bool) -> str:
    if ours := _ours(name, ctx, near=not meant):
        return f"it is {' or '.join(ours)} here"
    words = tuple(ctx.command_path.split(" ")[1:])
    beside = (*words[:-1], name.lstrip("-"))
    if len(words) > 1 and beside in dict(commands()):
        return f"there is {_listed([beside])}"
    if verbs := _verbs_with(name):
        # Those of the same group are nearer than all others; what many have says nothing.
        nearest = sorted(verbs, key=lambda other: other[:-1] != words[:-1])
        return f"{name} is an option of {_listed(nearest)}"
    return "" if meant else f"`{ctx.command_path} --help` lists the options"


def _verbs_with(option: str) -> list[tuple[str, ...]]:
    """The verbs that have an option, where they are so few that it says what was meant."""
    found = [words for words, command in commands() if option in _options(command)]
    return found if len(found) <= _FEW else []


def _ours(name: str, ctx: click.Context, *, near: bool) -> list[str]:
    """The options of this command that are the same as another tool's; with `near` of one typed wrong."""
    close = difflib.get_close_matches(name, _CALLED, n=1, cutoff=0.8) if near else []
    known = name if name in _CALLED else next(iter(close), "")
    options = _options(ctx.command)
    # `--port` for `--override-port`: what is one word of an option's name.
    longer = [each for each in sorted(options) if each.endswith(name[1:]) and name.startswith("--")]
    return [each for each in _CALLED.get(known, ()) if each in options] or longer


def _command(word: str, ctx: click.Context, *, meant: bool) -> str:
    if found := elsewhere(word):
        return f"there is {_listed(found)}"
    if option := _verbs_with(f"--{word}"):
        return f"--{word} is an option of {_listed(option)}"
    return "" if meant or ctx.parent is None else f"`{ctx.command_path} --help` lists the commands"


def _listed(verbs: Iterable[tuple[str, ...]]) -> str:
    names = [f"`pipelinekit {' '.join(each)}`" for each in verbs]
    more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    *some, last = [*names[:_SHOWN], *more]
    return f"{', '.join(some)} and {last}" if some else last


def _options(command: click.Command) -> set[str]:
    return {option for each in command.params for option in (*each.opts, *each.secondary_opts)}


def _option_of(command: click.Command, name: str) -> click.Option | None:
    found = (each for each in command.params if isinstance(each, click.Option) and name in each.opts)
    return next(found, None)


def _of_value(option: click.Option | None) -> str:
    """What an option's value is: the range of a number, else what the help says."""
    if option is None:
        return ""
    if isinstance(option.type, click.IntRange) and option.type.max is not None:
        return f"a whole number from {option.type.min} to {option.type.max}: {option.help}"
    if isinstance(option.type, _NUMBER):
        return f"a whole number: {option.help}"
    value = "" if option.is_flag else f" {option.metavar or option.type.name.upper()}"
    return f"{option.opts[0]}{value}: {option.help}"


def _example(command: click.Command) -> str:
    """The first line that the help gives as an example."""
    lines = [line.strip() for line in (command.help or "").splitlines()]
    return next((f"like `{line}`" for line in lines if line.startswith("pipelinekit ")), "")
