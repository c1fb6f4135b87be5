"""Fill a bundle, look whether it is whole, and deliver it to a registry at a site."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit.counts import counted
from pipelinekit.errors import PipelinekitError, Refused, ToolFailed
from pipelinekit.model.rollout.bundle import Content, Entry, Stored
from pipelinekit.plan.bundle import listing
from pipelinekit.ports import Say
from pipelinekit.ports.bundle import Bundle
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a run has done: names that are new, blobs that were copied, files that were written."""

    charts: tuple[Stored, ...]
    images: tuple[Stored, ...]
    repaired: int
    written: int

    @property
    def new(self) -> int:
        """Names that were not there under that digest."""
        return sum(each.new for each in (*self.charts, *self.images))

    @property
    def moved(self) -> int:
        """Blobs that were copied."""
        return sum(each.moved for each in self.images)

    @property
    def acted(self) -> bool:
        """Whether anything was done."""
        return bool(self.new or self.moved or self.written or self.repaired)


def fill(content: Content, architectures: Sequence[str], bundle: Bundle, say: Say) -> Filled:
    """Bring what is missing; run again, nothing is copied.

    An image that fails does not stop the others; the list is written only when all are there. Raises
    `ToolFailed` (or `Refused`, when that is all) with every image that could not be had.
    """
    repaired = bundle.repair()
    for digest in repaired:
        say(f"{digest} was damaged, and is brought again")
    charts = tuple(bundle.chart(each) for each in content.charts)
    images, errors = [], []
    for each in content.images:
        try:
            stored = bundle.image(each, architectures)
        except PipelinekitError as error:
            errors.append(error)
            continue
        if stored.moved or stored.new:
            say(f"{stored.reference}: {counted(stored.moved, 'blob')} brought")
        images.append(stored)
    if errors:
        raise _together(errors)
    text = listing.listing(content, charts, images)
    entries, _ = listing.read(text)
    if meetings := listing.meetings(entries):
        raise Refused(*meetings)
    written = bundle.finish(content.files, text)
    return Filled(charts=charts, images=tuple(images), repaired=len(repaired), written=written)


def _together(errors: Sequence[PipelinekitError]) -> PipelinekitError:
    """All faults as one error, each once: a registry that does not answer says so for every image."""
    kind = Refused if all(isinstance(each, Refused) for each in errors) else ToolFailed
    return kind(*dict.fromkeys(fault for error in errors for fault in error.faults))


def check(bundle: Bundle) -> tuple[Entry, ...]:
    """The names in a bundle that is whole; raises `ToolFailed` with all that is damaged."""
    entries, files = listing.read(bundle.listing())
    if faults := bundle.faults(entries, files):
        raise ToolFailed(*faults)
    return entries


def load(bundle: Bundle, registry: str, say: Say) -> tuple[int, int]:
    """Deliver a bundle that is whole: how many names there are, and how many were not there yet.

    One that fails does not stop the others. Raises `Refused` where a name is taken by other content.
    """
    entries = check(bundle)
    if meetings := listing.meetings(entries):
        raise Refused(*meetings)
    acted, errors = 0, []
    for each in entries:
        to = listing.at_site(each, registry)
        try:
            did = bundle.deliver(each, to)
        except PipelinekitError as error:
            errors.append(error)
            continue
        acted += did
        say(f"{listing.reference(to)} {'is there now' if did else 'is there already'}")
    if errors:
        raise _together(errors)
    return len(entries), acted
