"""The release ledger of a platform that has none yet: it lives in memory."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit.errors import refused
from pipelinekit.model.ledger import Event, History, Writer
from pipelinekit.model.platform import Platform


class MemoryLedger:
    """Nothing, and nothing can be added."""

    def branches(self) -> tuple[str, ...]:
        """None."""
        return ()

    def history(self, branch: str) -> History:  # noqa: ARG002 - the port has it
        """An empty branch."""
        return History()

    def append(self, branch: str, events: Sequence[Event], *, after: str) -> History:  # noqa: ARG002 - the port has it
        """Refused."""
        raise refused("ledger-none", "this platform has no ledger")

    def writer(self) -> Writer:
        """Nobody."""
        return Writer(role="embedded")


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
