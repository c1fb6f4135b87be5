"""What `platform vendor` has looked up of an upstream chart: its archive, and the images of its objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.model.rollout.component import Archive
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendored:
    """The lock of one component. It counts for the archive that it names, and for no other version of it."""

    name: str
    repository: str
    version: str
    digest: str
    """`sha256:…` of the archive's bytes."""
    images: Mapping[str, str] = field(default_factory=dict)
    """The digest of each image, by the name that it is rendered with."""

    def counts_for(self, archive: Archive) -> bool:
        """Whether it is this archive that was looked up."""
        said = (archive.name, archive.repository, archive.version)
        return (self.name, self.repository, self.version) == said


def digest_of(archive: Archive, lock: Vendored | None) -> str:
    """What the archive has to be, as the component or its lock says it; empty where neither does."""
    if archive.digest or lock is None or not lock.counts_for(archive):
        return archive.digest
    return lock.digest
