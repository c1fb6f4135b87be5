"""Who is at work on a release, and until when that may take: labels on Helm's own record of it."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Mapping
from pathlib import Path

OWNER_LABEL = "pipelinekit-owner"
UNTIL_LABEL = "pipelinekit-until"
TICKS_LABEL = "pipelinekit-ticks"
"""The same moment by the owner's machine's own count of seconds, which no change of its date moves."""

GRACE = 30
"""Seconds between Helm's own time limit and the moment when its record counts as abandoned."""


def labels(timeout: int) -> str:
    """What this process leaves on the record of an installation that may take so many seconds."""
    longest = timeout + GRACE
    until, ticks = int(time.time()) + longest, int(time.monotonic()) + longest
    return f"{OWNER_LABEL}={owner()},{UNTIL_LABEL}={until},{TICKS_LABEL}={ticks}"


def read(labels: Mapping[str, str]) -> tuple[bool | None, float]:
    """Whether the process behind a record's labels lives (None: cannot tell), and until when it may."""
    until, ticks = labels.get(UNTIL_LABEL, ""), labels.get(TICKS_LABEL, "")
    alive = is_alive(labels.get(OWNER_LABEL, ""))
    if alive and until and ticks.isdigit():
        return alive, time.time() + int(ticks) - time.monotonic()
    return alive, float(until) if until.isdigit() else 0.0


def owner() -> str:
    """This process as a label value: host, process id and when the process began."""
    return f"{re.sub(r'[^A-Za-z0-9-]', '-', socket.gethostname())[:30]}.{os.getpid()}.{_started(os.getpid())}"


def is_alive(label: str) -> bool | None:
    """Whether the process that `owner` named still runs; None when it is on another machine."""
    host, pid, started = (*label.split("."), "", "")[:3]
    if host != owner().split(".", 1)[0] or not pid.isdigit():
        return None
    return _started(int(pid)) == started


def _started(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rsplit(")", 1)[-1].split()[19]
