"""Tasks: of their kinds the double has the backup of the database."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from tests.nexus.checks import Refusal, known, validated

if TYPE_CHECKING:
    from tests.nexus.state import Nexus


def tasks_get(nexus: Nexus, kind: str, body: Any) -> tuple[int, Any]:
    return 200, {"items": [each for each in nexus.tasks.values() if each["type"] == kind]}


def tasks_post(nexus: Nexus, body: Any) -> tuple[int, Any]:
    found = validated("TaskTemplateXO", body)
    # Of the kinds of tasks the double has the one that is asked for here.
    if found["type"] != "h2.backup.task" or set(found.get("properties", {})) != {"location"}:
        raise Refusal(400, f"no such task: {found['type']}")
    if found["frequency"] != {"schedule": "manual"}:
        raise Refusal(400, "of the double's schedules there is manual")
    made = {**found, "id": str(len(nexus.log)), "currentState": "WAITING", "lastRunResult": None}
    nexus.tasks[made["id"]] = made
    return 201, made


def task_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, known(nexus.tasks, name)


def task_run(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    task = known(nexus.tasks, name)
    if nexus.broken or nexus.data is None:
        task["lastRunResult"] = "FAILED"
        return 204, None
    # A relative location is below the data's folder.
    folder = nexus.data / task["properties"]["location"]
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "nexus-2026-01-01-01-02-03.zip", "w") as archive:
        archive.write(nexus.data / "db" / "nexus.mv.db", "nexus.mv.db")
    task["lastRunResult"] = "OK"
    return 204, None


def task_delete(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    known(nexus.tasks, name)
    del nexus.tasks[name]
    return 204, None
