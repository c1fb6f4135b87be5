"""The tasks of .draft-tasks.toml: in written order, and the first that fails ends what it belongs to."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence

from pipelinekit.errors import Fault, ToolFailed, failed
from pipelinekit.model.draft import Task
from pipelinekit.model.release import Target
from pipelinekit.ports import DraftPods, Say, Shell
from pipelinekit.reading.draft.tasks import for_shell

_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'")
_VARIABLE = re.compile(r"\$\$|\\\$|\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")


def run_here(moment: str, tasks: Sequence[Task], shell: Shell, say: Say) -> None:
    """Run tasks in the application's folder; raises `ToolFailed` with the one that failed."""
    for each in tasks:
        say(f"{moment}: {each.about}")
        try:
            shell.run(for_shell(each.command), say)
        except ToolFailed as error:
            raise _told(moment, each, error) from error


def run_in_pods(
    tasks: Sequence[Task],
    target: Target,
    build: str,
    pods: DraftPods,
    environment: Mapping[str, str],
    say: Say,
) -> int:
    """Run `post-deploy` in each pod of this build, and in no other; in how many.

    A pod may have no shell: words are split as a shell does, `$NAME` is a variable of the developer's.
    """
    if not tasks:
        return 0
    new = [each for each in pods.pods(target) if each.build == build and not each.going]
    if not new:
        raise failed(
            "no-draft-pods",
            f"no pod in {target.namespace} has label draft={target.name} and annotation buildID={build}",
            hint="post-deploy runs in such pods: the chart's pod template has to have both, from its values",
        )
    for task in tasks:
        for pod in new:
            say(f"post-deploy in {pod.name}: {task.about}")
            try:
                pods.execute(target, pod.name, words_of(task, environment), say)
            except ToolFailed as error:
                raise _told("post-deploy", task, error) from error
    return len(new)


def words_of(task: Task, environment: Mapping[str, str]) -> list[str]:
    """A command's words; raises `ToolFailed` where its quotes do not close."""

    def expand(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return environment.get(name, "") if name else "$"

    try:
        words = shlex.split(_QUOTED.sub(_as_it_is, task.command).replace("\\$", "$$"))
    except ValueError as error:
        raise failed("task-unreadable", f"`{task.command}`: {error}") from error
    return [_VARIABLE.sub(expand, each) for each in words]


def _as_it_is(quoted: re.Match[str]) -> str:
    return quoted[0].replace("$", "$$") if quoted[0].startswith("'") else quoted[0]


def _told(moment: str, task: Task, error: ToolFailed) -> ToolFailed:
    first, *rest = error.faults
    problem = f"{moment} task '{task.about}' failed: {first.problem}"
    return ToolFailed(Fault("task-failed", problem, first.place, hint=first.hint), *rest)
