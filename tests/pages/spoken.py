"""What a command says: its verb, its options, and whether it has arguments, read as the command line does.

Names, versions and folders are those of an example; a word that is one of a few (`--take new`) is not.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import click

from pipelinekit.cli import main

ALIKE = frozenset(
    {
        *("--json", "--output", "--yes"),
        *("--env", "--path", "--team", "--reason", "--expect", "--idle", "--timeout"),
        *("--tail", "--override-port", "--charts", "--ledger", "--mirror", "--to"),
    }
)
"""Options with which a verb does the same, told in another way, or somewhere else, or of somebody else."""
ADDRESSED = frozenset({"registry copy"})
"""Verbs that do another thing with an address of another kind."""
UNKNOWN = "…"
"""A word that is no literal in the source of a test."""


@dataclass(frozen=True)
class Command:
    """An option that takes one of a few words has that word: `--take=new`."""

    verb: str
    options: frozenset[str]
    arguments: bool
    kinds: tuple[str, ...] = ()
    """Of the arguments of a verb that takes addresses of several kinds, the scheme of each, or nothing."""

    def shows(self, other: Command) -> bool:
        """Whether this one does what another does: it says the same, and at most `ALIKE` besides."""
        if self.kinds != other.kinds:
            return False
        more = {each for each in self.options - other.options if each.partition("=")[0] not in ALIKE}
        return (self.verb, self.arguments) == (other.verb, other.arguments) and not (
            more or other.options - self.options
        )


def command(line: str) -> Command:
    """A command of a page; a usage error of click where it has an option that is not there."""
    program, *words = shlex.split(line)
    return _command(["draft", *words] if program == "draft" else words)


def commands(words: Sequence[str], verb: str, near: int) -> Iterator[Command]:
    """What words are, if they have a verb, or the end of its name, among the first `near` words.

    What is before it are words of a helper, like who acts, and what a helper adds by itself is not there.
    """
    parts = verb.split()
    for cut in range(len(parts)):
        for at in range(near):
            end = at + len(parts) - cut
            if [*words[at:end]] == parts[cut:] and not any(each.startswith("-") for each in words[:at]):
                try:
                    yield _command([*parts, *words[end:]])
                except click.UsageError:
                    continue


def _command(words: Sequence[str]) -> Command:
    """A first argument that is one of a few words (`certificates issue`) is a part of the verb."""
    at: click.Command = main.group()
    context, rest = click.Context(at), [*words]
    while isinstance(at, click.Group) and rest and (inner := at.get_command(context, rest[0])):
        at, rest = inner, rest[1:]
    arguments = [each for each in at.params if isinstance(each, click.Argument)]
    if rest and arguments and _is_one_of(arguments[0], rest[0]):
        arguments, rest = arguments[1:], rest[1:]
    verb = " ".join(words[: len(words) - len(rest)])
    given, more, _ = at.make_parser(click.Context(at)).parse_args(rest)
    options = (_said(each, given) for each in at.params if isinstance(each, click.Option))
    said = frozenset(each for each in options if each) - {"--platform"}
    told = [each for name in arguments if name.name for each in _told(given[name.name])]
    kinds = tuple(map(_kind, told)) if verb in ADDRESSED else ()
    return Command(verb, said, bool(more or told), kinds)


def _told(value: object) -> tuple[str, ...]:
    """The words of an argument: of one that takes several all, none where it is left out."""
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()


def _kind(address: str) -> str:
    """What an address leads to: its scheme, or nothing for a host; one that is not known is like none."""
    scheme, found, _ = address.partition("://")
    return scheme.replace("https", "http") if found else UNKNOWN if address == UNKNOWN else ""


def _is_one_of(argument: click.Argument, word: str) -> bool:
    return isinstance(argument.type, click.Choice) and word in argument.type.choices


def _said(option: click.Option, given: Mapping[str, object]) -> str:
    """An option as it was given, by its longest name, or nothing."""
    value = given.get(option.name or "")
    if value is None:
        return ""
    names = option.secondary_opts if value is False else option.opts
    return max(names, key=len) + (f"={value}" if isinstance(option.type, click.Choice) else "")
