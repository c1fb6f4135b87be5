"""The verb `completion`: what a shell needs to complete verbs and options."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    Example:
      pipelinekit completion bash > ~/.local/share/bash-completion/completions/pipelinekit
    """
    from click.shell_completion import get_completion_class

    from pipelinekit.cli.main import group

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click has no completion for {shell}")
    click.echo(kind(group(), {}, "pipelinekit", "_PIPELINEKIT_COMPLETE").source())
