"""The values of a copy whose sources can be written: what fills the folder, what begins the program in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.plan import quantities

FOLDER = "/tmp/.draft-sync"  # noqa: S108 - in a pod, of which nobody else has a part
"""Where a pod keeps what has been synced, and how its program stands."""
SOURCES = "draft-sources"
"""The volume of the sources, and the container that fills it."""
MORE = 192
"""MiB that a runtime needs beside the program, to keep it and to receive."""

Programs = Mapping[str, str]
"""`fill`, `run` and `receive` of one runtime; without `run` nothing is begun again."""


def words(runtime: str, program: str, *arguments: str) -> list[str]:
    """The command that runs a program's text with a runtime."""
    if runtime == "sh":
        return ["sh", "-c", program, "sh", *arguments]
    if runtime == "node":
        return ["node", "-e", program, "--", *arguments]
    return [runtime, "-c", program, *arguments]


def synced(
    runtime: str, programs: Programs, path: str, command: Sequence[str], built: str, own: Mapping[str, Any]
) -> dict[str, Any]:
    """What is laid over the values of a chart whose own ones are `own`.

    `path` is the image's folder, `command` what the image begins with, `built` the digest of what it was
    built for.
    """
    processes = {
        name: {"resources": {"memory": more(memory, MORE)}}
        for name, process in _mapping(own.get("processes")).items()
        if "run" in programs
        and not _mapping(process).get("schedule")
        # A chart of their own may bound nothing: there is room then.
        and (memory := str(_mapping(_mapping(process).get("resources")).get("memory") or ""))
    }
    sync = {
        "path": path,
        "built": built,
        "fill": words(runtime, programs["fill"], path, f"/{SOURCES}"),
        "run": words(runtime, programs["run"], FOLDER) if "run" in programs else [],
        "command": list(command),
    }
    return {"develop": {"sync": sync}, "processes": processes}


def takes(own: Mapping[str, Any]) -> bool:
    """Whether a chart has a place for it."""
    return "develop" in own


def sync_of(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a release's values say of sync; empty where it has none."""
    return _mapping(_mapping(values.get("develop")).get("sync"))


def _mapping(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def more(memory: str, mebibytes: int) -> str:
    """So much more memory, as Kubernetes writes it; the text itself where it is none."""
    found = quantities.read(memory)
    return memory if found is None else f"{int(found) // 2**20 + mebibytes}Mi"
