"""Scans of a project's repository. Jenkins has no JSON of them: how one ended is the last line of its log."""

from __future__ import annotations

from pipelinekit.adapters.jenkins.addresses import url_of
from pipelinekit.adapters.jenkins.controller import Client, Denied, NotThere

_FAILED = b"Finished: FAILURE"


def scan_log(client: Client, path: str) -> str:
    """Where people read the log of a project's last scan."""
    return f"{client.url}/{url_of(path)}/indexing/console"


def scan_failed(client: Client, path: str) -> bool:
    """Whether a project's last scan failed; where nobody can say, it did not."""
    try:
        log = client.get(f"{url_of(path)}/indexing/consoleText").content
    except (Denied, NotThere):
        return False
    return bool(log.rstrip().endswith(_FAILED))
