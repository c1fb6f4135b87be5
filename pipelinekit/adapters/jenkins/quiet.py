"""What a controller is building, and whether it begins anything further."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from pipelinekit.adapters.jenkins.controller import Client
from pipelinekit.errors import failed

_BUILD = re.compile(r"((?:/job/[^/]+)+)/([0-9]{1,18})/")
_BUSY = "currentExecutable[url]"
# A pipeline is on an executor of its own, beside those of the node that holds it.
_TREE = f"computer[executors[{_BUSY}],oneOffExecutors[{_BUSY}]]"


class JenkinsQuiet:
    """The builds of one controller."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def running(self) -> tuple[str, ...]:
        """What is being built, like `apps/orders/main #12`, each once."""
        answer = self.client.json(f"computer/api/json?tree={_TREE}")
        return tuple(sorted({name for each in _executables(answer["computer"]) for name in _names(each)}))

    def hush(self) -> None:
        """Let no further build begin; twice is once."""
        self.client.send("POST", "quietDown")

    def wake(self) -> None:
        """Let builds begin again; twice is once.

        By a new connection: one from before an upgrade may lead to a pod that is gone, and where connections
        are passed on as they are nobody says so.
        """
        self.client.hang_up()
        self.client.send("POST", "cancelQuietDown")


def _executables(computers: Any) -> Iterator[Mapping[str, Any]]:
    try:
        for computer in computers:
            for executor in (*computer.get("executors", ()), *computer.get("oneOffExecutors", ())):
                if busy := executor.get("currentExecutable"):
                    yield busy
    except (AttributeError, TypeError) as error:
        hint = "is the address right, with its path? A proxy may stand in between"
        raise failed(
            "not-jenkins", "an answer of the controller has executors of another kind", hint=hint
        ) from error


def _names(executable: Mapping[str, Any]) -> Iterator[str]:
    """A build's name, from its address; what has none is no build of a job."""
    found = _BUILD.search(str(executable.get("url") or ""))
    if found:
        path = "/".join(unquote(each) for each in found[1].split("/job/")[1:])
        yield f"{path} #{found[2]}"
