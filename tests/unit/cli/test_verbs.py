from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from pipelinekit.cli.main import group
from pipelinekit.cli.verbs import CONTRACT, VERBS


def leaves(command: click.Command, name: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A verb, or the verbs below it."""
    if isinstance(command, click.Group):
        for word, each in command.commands.items():
            yield from leaves(each, (*name, word))
    else:
        yield name, command


def every_verb() -> list[tuple[tuple[str, ...], click.Command]]:
    main = group()
    context = click.Context(main)
    return [
        leaf
        for name in VERBS
        for command in [main.get_command(context, name)]
        if command is not None
        for leaf in leaves(command, (name,))
    ]


COMMANDS = every_verb()


def test_every_verb_of_the_table_is_there() -> None:
    assert {name[0] for name, _ in COMMANDS} == set(VERBS)


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[" ".join(name) for name, _ in COMMANDS])
def test_every_verb_has_help_with_an_example_of_itself(name: tuple[str, ...], command: click.Command) -> None:
    done = CliRunner().invoke(group(), [*name, "--help"])
    assert done.exit_code == 0
    assert "Example" in done.output
    example = done.output[done.output.index("Example") :]
    assert f"pipelinekit {' '.join(name)}" in example
    del command


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[" ".join(name) for name, _ in COMMANDS])
def test_every_option_says_what_it_is_for(name: tuple[str, ...], command: click.Command) -> None:
    bare = [each.name for each in command.params if isinstance(each, click.Option) and not each.help]
    assert bare == [], name


def test_the_list_of_verbs_is_in_the_order_of_the_line() -> None:
    output = CliRunner().invoke(group(), ["--help"]).output
    listed = output[output.index("Verbs:") :]
    places = [listed.index(f"\n  {name} ") for name in VERBS]
    assert places == sorted(places)
    assert all(summary.split(",")[0] in listed for _, summary in VERBS.values())


def test_the_shared_library_speaks_this_contract(pytestconfig: pytest.Config) -> None:
    library = (pytestconfig.rootpath / "vars" / "pkExec.groovy").read_text()
    assert f"'PK_CONTRACT={CONTRACT}'" in library
