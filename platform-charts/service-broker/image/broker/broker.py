"""All that the verbs of the API need."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from broker.catalog import Catalog
from broker.sessions import Sessions
from broker.settings import Settings

Answer = tuple[int, dict[str, Any]]
"""Status and body."""


@dataclass(frozen=True, slots=True)
class Broker:
    """One of the broker's servers; what they have in common is in PostgreSQL."""

    settings: Settings
    catalog: Catalog
    sessions: Sessions
    wake: threading.Event = field(default_factory=threading.Event)
    """Set when something was accepted that is done in the background."""
