""".draft-tasks.toml: commands by the moment at which they run, in written order."""

from __future__ import annotations

import re
from typing import Any

from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.model.draft import Task, Tasks
from pipelinekit.names import nearest
from pipelinekit.reading.draft.settings import parsed

FILE = ".draft-tasks.toml"
_PARTS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|[^'\"]+")
"""What is quoted in one way, and what is not."""
MOMENTS = ("pre-up", "post-up", "post-deploy", "cleanup")


def read_tasks(text: str, origin: str = FILE) -> Tasks:
    """All tasks; raises `DocumentInvalid` with all faults of the file."""
    data = parsed(text, origin)
    faults: list[Fault] = []
    found: dict[str, tuple[Task, ...]] = {}
    for moment, table in data.items():
        if moment not in MOMENTS:
            problem = f"there is no moment '{moment}'"
            faults.append(Fault("unknown-key", problem, Place(origin), moment, nearest(moment, MOMENTS)))
        elif not isinstance(table, dict):
            faults.append(Fault("bad-type", 'expected "what it does" = "command"', Place(origin), moment))
        else:
            found[moment.replace("-", "_")] = _tasks(moment, table, origin, faults)
    if faults:
        raise DocumentInvalid(*faults)
    return Tasks(**found)


def _tasks(moment: str, table: dict[str, Any], origin: str, faults: list[Fault]) -> tuple[Task, ...]:
    tasks = []
    for about, command in table.items():
        if isinstance(command, str) and command.strip() and "\x00" not in command:
            tasks.append(Task(about, command))
        else:
            faults.append(Fault("bad-type", "expected a command", Place(origin), f"{moment}.{about}"))
    return tuple(tasks)


def for_shell(command: str) -> str:
    """A command for `sh`: `$$NAME` means a dollar sign that is not expanded, as it has in Draft."""

    def plain(found: re.Match[str]) -> str:
        text = found[0]
        return text.replace("$$", "$") if text.startswith("'") else text.replace("$$", "\\$")

    return _PARTS.sub(plain, command)
