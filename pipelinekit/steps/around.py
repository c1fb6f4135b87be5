"""The user's own commands before and after a stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipelinekit.counts import counted
from pipelinekit.model.app import App, Around
from pipelinekit.plan.versions.pullrequests import ALLOW
from pipelinekit.ports import Say, Shell


@contextmanager
def around(app: App, stage: str, shell: Shell, say: Say, *, stranger: bool = False) -> Iterator[None]:
    """Run the stage's `before` commands, the body, then its `after` commands; the first failure ends it.

    Those of a `stranger` are not run, and that is said.
    """
    commands = app.build.around.get(stage, Around())
    count = len(commands.before) + len(commands.after)
    if stranger and count:
        say(
            f"build.around.{stage}: {counted(count, 'command')} skipped, for this is a pull request and the "
            f"agent is there for others as well ({ALLOW} lets them)"
        )
        commands = Around()
    for each in commands.before:
        shell.run(each, say)
    yield
    for each in commands.after:
        shell.run(each, say)
