"""A click group that imports a verb's module only when that verb runs."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, MutableMapping

import click

from pipelinekit.cli.verbs import VERBS

HELP = """Delivery pipelines on Jenkins and Kubernetes, from one short descriptor.

\b
  pipelinekit new-app orders --language python     an application that runs
  pipelinekit generate                             its pipeline, image and chart, kept current
  pipelinekit test | build | push | package | publish | deploy | verify

Each verb runs alone, in a terminal as in Jenkins; each says at its end what is true now.
Exit codes: 0 fine, 1 check failed, 2 usage, 3 document invalid, 4 tool missing, 5 tool failed, 6 refused.
"""


def load(place: str) -> click.Command:
    """The command at a place of the table, `module:name`; its module is imported now."""
    module, _, name = place.partition(":")
    command: click.Command = getattr(importlib.import_module(f"{__package__}.{module}"), name)
    return command


class Later(MutableMapping[str, click.Command]):
    """The commands of a smaller group by name; one's module is imported when it is asked for."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self.places = dict(places)
        self.known: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self.known:
            self.known[name] = load(self.places[name])
        return self.known[name]

    def __contains__(self, name: object) -> bool:
        return name in self.known or name in self.places

    def __setitem__(self, name: str, command: click.Command) -> None:
        self.known[name] = command

    def __delitem__(self, name: str) -> None:
        self.places.pop(name, None)
        self.known.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter({**self.places, **self.known})

    def __len__(self) -> int:
        return len({**self.places, **self.known})


class LazyGroup(click.Group):
    """The verbs of a table; `--help` shows them without importing any."""

    def __init__(self, verbs: Mapping[str, tuple[str, str]] = VERBS, text: str = HELP) -> None:
        super().__init__("pipelinekit", help=text, context_settings={"help_option_names": ["-h", "--help"]})
        self.verbs = verbs
        self.params.append(
            click.Option(
                ["--version"],
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_show_version,
                help="Show the version and exit.",
            )
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the table, which is the order of the line."""
        del ctx
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, imported now."""
        del ctx
        if cmd_name not in self.verbs:
            return None
        return load(self.verbs[cmd_name][0])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb, with a near one suggested for one that there is not; `--args-env` is read here."""
        if args and args[0] not in self.verbs and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], self.verbs, n=1)
            meant = f" Did you mean '{close[0]}'?" if close else " `pipelinekit --help` lists them."
            raise click.UsageError(f"There is no verb '{args[0]}'.{meant}", ctx)
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and "--args-env" in rest:
            from pipelinekit.cli import contract

            rest = contract.expand(command, rest)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs from the table alone."""
        del ctx
        with formatter.section("Verbs"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self.verbs.items()])


def _show_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from pipelinekit import __version__

        click.echo(f"pipelinekit {__version__}")
        ctx.exit()
