"""What a bundle is kept in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelinekit.errors import Fault
    from pipelinekit.model.release import ImageRef
    from pipelinekit.model.rollout.bundle import Chart, Entry, Image, Stored


class Bundle(Protocol):
    """A bundle, and the registries that it is filled from or delivered to."""

    def repair(self) -> Sequence[str]:
        """Take away what is damaged, so that it is brought again; its digests."""
        ...

    def image(self, image: Image, architectures: Sequence[str]) -> Stored:
        """Bring an image unless it is there whole; without `architectures` all that it has.

        Of one that is named by its digest nothing can be left out. Raises `Refused` when it lacks one.
        """
        ...

    def chart(self, chart: Chart) -> Stored:
        """Bring a chart's archive unless it is there."""
        ...

    def finish(self, texts: Mapping[str, str], listing: str) -> int:
        """Write the files and the list; what no longer belongs to the bundle goes. How many were written."""
        ...

    def listing(self) -> str:
        """The text of the list; raises `Refused` where there is none."""
        ...

    def faults(self, entries: Sequence[Entry], texts: Mapping[str, str]) -> Sequence[Fault]:
        """All that is damaged, gone, or other than the list says."""
        ...

    def deliver(self, entry: Entry, to: ImageRef) -> bool:
        """Copy what an entry names to a registry, with what refers to it; whether anything was stored."""
        ...
