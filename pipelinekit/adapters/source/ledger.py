"""The release ledger. So far one that lives in memory: what gates promotions comes with them."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit.errors import refused
from pipelinekit.model.ledger import Event
from pipelinekit.model.platform import Platform


class MemoryLedger:
    """Events for as long as the process lives."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        self._events = list(events)

    def events(self) -> Sequence[Event]:
        """All events, oldest first."""
        return tuple(self._events)

    def append(self, events: Sequence[Event]) -> None:
        """Add events."""
        self._events.extend(events)


def of_platform(platform: Platform) -> MemoryLedger:
    """The ledger of a platform.

    Raises `Refused` where releases pass gates: without what the ledger knows of them, nothing may be deleted.
    """
    gated = [each.name for each in platform.environments if each.gated]
    if gated or platform.ledger:
        raise refused(
            "ledger-unread",
            f"which releases reached {', '.join(gated) or 'an environment'} stands in the ledger, "
            "which this version does not read yet",
            hint="nothing is deleted before it can be asked",
        )
    return MemoryLedger()
