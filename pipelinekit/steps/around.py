"""The user's own commands before and after a stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipelinekit.model.app import App, Around
from pipelinekit.ports import Say, Shell


@contextmanager
def around(app: App, stage: str, shell: Shell, say: Say) -> Iterator[None]:
    """Run the stage's `before` commands, the body, then its `after` commands; the first failure ends it."""
    commands = app.build.around.get(stage, Around())
    for each in commands.before:
        shell.run(each, say)
    yield
    for each in commands.after:
        shell.run(each, say)
