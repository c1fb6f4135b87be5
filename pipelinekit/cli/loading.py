"""Modules that a verb will need, loaded beside what it waits for first: git, mostly."""

from __future__ import annotations

import contextlib
import importlib
from threading import Thread

HTTP = "pipelinekit.adapters.web.exchange"
ENGINE = "docker"
CLUSTER = "pipelinekit.adapters.cluster.kubernetes"


def begin(*modules: str) -> None:
    """Load them, one after the other; nobody waits, and who needs one waits for that one."""
    Thread(target=_load, args=(modules,), daemon=True).start()


def _load(modules: tuple[str, ...]) -> None:
    # Whoever needs it loads it again, and hears what is wrong.
    with contextlib.suppress(Exception):
        for each in modules:
            importlib.import_module(each)
