"""What is said of an image beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelinekit.model.release import ImageRef


class Describer:
    """Knows what an image is made of: itself."""

    kind = "application/spdx+json"

    def describe(self, ref: ImageRef) -> bytes:
        return f"made of {ref.digest}".encode()


@dataclass
class Signer:
    """One key, and what has its signature."""

    signatures: set[str] = field(default_factory=set)

    def signed(self, ref: ImageRef) -> bool:
        return ref.digest in self.signatures

    def sign(self, ref: ImageRef) -> None:
        self.signatures.add(ref.digest)
