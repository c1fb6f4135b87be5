"""A bundle in memory, whose images can be kept from coming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelinekit.errors import Fault, failed, refused
from pipelinekit.model.release import ImageRef
from pipelinekit.model.rollout.bundle import INDEX, Chart, Entry, Image, Stored
from pipelinekit.plan.bundle.listing import reference


@dataclass
class Bundle:
    """`gone` are images that cannot be had; `there` has digests by name, `delivered` those at a site."""

    gone: frozenset[str] = frozenset()
    digests: Mapping[str, str] = field(default_factory=dict)
    there: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    delivered: dict[str, str] = field(default_factory=dict)

    def repair(self) -> Sequence[str]:
        bad, self.broken = self.broken, []
        return bad

    def image(self, image: Image, architectures: Sequence[str]) -> Stored:
        name = reference(image.name)
        if name in self.gone:
            raise failed("registry-cut", f"{name} cannot be had")
        return self._stored(name, self.digests.get(name, "sha256:" + "1" * 64), tuple(architectures))

    def chart(self, chart: Chart) -> Stored:
        return self._stored(f"charts/platform/{chart.name}:{chart.version}", "sha256:" + "2" * 64, ())

    def finish(self, texts: Mapping[str, str], listing: str) -> int:
        wanted = {**texts, INDEX: listing}
        written = sum(self.files.get(name) != text for name, text in wanted.items())
        self.files = wanted
        return written

    def listing(self) -> str:
        if INDEX not in self.files:
            raise refused("bundle-missing", "no bundle that is whole")
        return self.files[INDEX]

    def faults(self, entries: Sequence[Entry], texts: Mapping[str, str]) -> Sequence[Fault]:
        del entries, texts
        return [Fault("bundle-damaged", each) for each in self.broken]

    def deliver(self, entry: Entry, to: ImageRef) -> bool:
        name = reference(to)
        before = self.delivered.get(name)
        if before not in {None, entry.digest}:
            raise refused("version-taken", f"{name} is there with another content")
        self.delivered[name] = entry.digest
        return before is None

    def _stored(self, name: str, digest: str, architectures: tuple[str, ...]) -> Stored:
        new = self.there.get(name) != digest
        self.there[name] = digest
        return Stored(reference=name, digest=digest, architectures=architectures, moved=2 * new, new=new)
