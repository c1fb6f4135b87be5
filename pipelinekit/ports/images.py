"""Engines and registries: what builds images, and what keeps them and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    # Only names in promises: whoever generates need not load what a release is made of.
    from pipelinekit.model.release import BuildPlan, Credentials, ImageRef, TestRun
    from pipelinekit.model.stored import Stored
from pipelinekit.ports.say import Say

DENIED = "registry-denied"
"""The code of a registry's refusal to let somebody in."""


class Engine(Protocol):
    """A container engine that can build, run a test stage and push."""

    def image_id(self, ref: str) -> str | None:
        """The id of a local image, or None."""
        ...

    def build(self, plan: BuildPlan, context: Path, say: Say) -> str:
        """Build the plan's target from the folder `context`; the image's id."""
        ...

    def run_tests(self, image: str, reports: Path, say: Say) -> TestRun:
        """Run an image's command; copy what it left in /reports to `reports`, whether it passed or not."""
        ...

    def push(self, image_id: str, ref: ImageRef, credentials: Credentials | None, say: Say) -> str:
        """Push a local image under `ref`; the digest that it has there, or empty when nobody said."""
        ...


class Secrets(Protocol):
    """What the one who builds may know."""

    def in_pipeline(self) -> bool:
        """Whether a pipeline builds, which gets secrets for the main branch alone."""
        ...

    def text(self, identifier: str) -> str:
        """The value of a build secret, or nothing."""
        ...

    def login(self, ecosystem: str) -> Credentials | None:
        """The user and password for a package proxy, or None."""
        ...


class Registry(Protocol):
    """A registry of images."""

    def digest_of(self, ref: ImageRef) -> str | None:
        """The manifest's digest, or None when there is no such tag or digest."""
        ...

    def labels_of(self, ref: ImageRef) -> Mapping[str, str]:
        """The labels of an image that is there."""
        ...

    def built(self, ref: ImageRef) -> str:
        """When an image that is there was built (RFC 3339)."""
        ...

    def tag(self, ref: ImageRef, tag: str) -> str:
        """Give an image that is there one more tag; its digest. `Refused` when the registry will not."""
        ...


class ChartRepository(Protocol):
    """Where charts are published."""

    def digest_of(self, ref: ImageRef) -> str | None:
        """The digest of a published chart, or None when there is no such version."""
        ...

    def bring_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> None:
        """Bring what can be brought before a version names it, so that `publish_chart` takes a moment."""
        ...

    def digest_to_be(self, archive: Path, chart: Mapping[str, object]) -> str:
        """What `publish_chart` will give for it; nothing is asked."""
        ...

    def publish_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> str:
        """Store a chart archive as an OCI artifact; the manifest's digest."""
        ...

    def chart_layer(self, ref: ImageRef) -> str:
        """The digest of the archive inside a published chart."""
        ...

    def fetch_chart(self, ref: ImageRef, to: Path) -> None:
        """Write a published chart's archive to `to`; digests are verified."""
        ...


class Referrers(Protocol):
    """What a registry has beside an image."""

    def images_of(self, ref: ImageRef) -> Sequence[ImageRef]:
        """The images of an index, or the image itself, by digest."""
        ...

    def kinds_at(self, ref: ImageRef) -> frozenset[str]:
        """The artifact types of what refers to an image."""
        ...

    def attach(self, ref: ImageRef, kind: str, content: bytes) -> str:
        """Store a text that refers to an image; the digest of its manifest."""
        ...


class Describer(Protocol):
    """What finds out what an image is made of."""

    kind: str
    """The media type of its descriptions."""

    def describe(self, ref: ImageRef) -> bytes:
        """The bill of materials of an image in a registry."""
        ...


class Verifier(Protocol):
    """What knows the platform's signatures."""

    def signed(self, ref: ImageRef) -> bool:
        """Whether an image, named by its digest, has a signature of the key."""
        ...


class Signer(Verifier, Protocol):
    """What signs images with a key."""

    def sign(self, ref: ImageRef) -> None:
        """Sign an image in its registry."""
        ...


class Store(Protocol):
    """Everything that a platform's registries hold of its applications."""

    def all(self) -> Sequence[Stored]:
        """Every manifest that has a tag, and what it needs."""
        ...

    def tags_of(self, stored: Stored) -> Sequence[str]:
        """The tags that name a manifest now."""
        ...

    def delete(self, stored: Stored) -> Sequence[str] | None:
        """Delete a manifest and what refers to it; the digests of the latter. None: it was not there."""
        ...


class NexusServer(Protocol):
    """A Nexus server's REST API, as its administrator."""

    def get(self, path: str) -> Any:
        """What is at `path`, or None when there is nothing."""
        ...

    def send(self, method: str, path: str, body: Any) -> None:
        """Make or change something; raises `ToolFailed` with the server's reason."""
        ...
