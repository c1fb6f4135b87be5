"""What steps need of the world, in our words. Adapters satisfy these; tests bring their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    # Only names in promises: whoever generates need not load what a release is made of.
    from pipelinekit.model.jobplan import Found
    from pipelinekit.model.jobrun import Console, Ticket
    from pipelinekit.model.ledger import Event
    from pipelinekit.model.platform import Cluster as PlatformCluster
    from pipelinekit.model.receipts import R, Receipt
    from pipelinekit.model.release import BuildPlan, Credentials, ImageRef, ReleaseState, Target, TestRun
    from pipelinekit.model.stored import Running, Stored
    from pipelinekit.model.testing import Totals
    from pipelinekit.model.tree import File, Tree


Say = Callable[[str], None]
"""Progress for people: one line of what is going on."""


class Workspace(Protocol):
    """The application's folder; paths are relative to it."""

    def read_texts(self, paths: Iterable[str]) -> dict[str, str]:
        """The texts of those paths that exist; raises `Refused` for what cannot be a generated file."""
        ...

    def read_lock(self) -> str | None:
        """The lock's text, or None when there is none."""
        ...

    def read_base(self) -> Tree | None:
        """What was generated last, or None when that is missing or damaged."""
        ...

    def write(self, write: Mapping[str, File], remove: Iterable[str]) -> None:
        """Write and remove generated files; each is either its old self or its new one."""
        ...

    def move(self, old: str, new: str) -> None:
        """Give a file another path, in one step."""
        ...

    def working_folder(self, name: str) -> Path:
        """`.pipelinekit/<name>/`, which git ignores."""
        ...

    def write_lock(self, text: str) -> None:
        """Replace the lock."""
        ...

    def write_base(self, base: Tree) -> None:
        """Replace what counts as generated last."""
        ...


class Receipts(Protocol):
    """The receipts of one application's work tree."""

    def load(self, kind: type[R], name: str = "") -> R | None:
        """The receipt of that kind (and name, where there are several), whatever its key, or None."""
        ...

    def save(self, receipt: Receipt, name: str = "") -> None:
        """Keep a receipt, in the place of the one before."""
        ...


class Reports(Protocol):
    """The test reports of one application's work tree."""

    def clear(self) -> Path:
        """The folder, without what an earlier run left in it."""
        ...

    def collect(self) -> tuple[Totals, tuple[str, ...]]:
        """What the reports say together, and their names."""
        ...


class TextMerge(Protocol):
    """Three texts to one."""

    def merge(self, base: str, theirs: str, new: str) -> tuple[str, bool]:
        """The merged text, and whether it is free of conflicts; conflicts stand in it between markers."""
        ...


class Repositories(Protocol):
    """Git repositories elsewhere."""

    def head(self, repository: str, branch: str) -> str:
        """The branch's newest commit; raises `ToolFailed` when there is no such repository or branch."""
        ...

    def read(self, repository: str, branch: str, commit: str, path: str) -> str:
        """A file's text at that commit of the branch; raises `ToolFailed` when it is not there."""
        ...


class Shell(Protocol):
    """The user's own command lines."""

    def run(self, command: str, say: Say) -> None:
        """Run one in the application's folder; raises `ToolFailed` when it fails."""
        ...


class Sources(Protocol):
    """What an image is built from."""

    def dockerfile(self) -> str:
        """The Dockerfile's text."""
        ...

    def digest(self) -> str:
        """The digest of the build context; the same content gives the same one."""
        ...


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


class Signer(Protocol):
    """What signs images with a key."""

    def signed(self, ref: ImageRef) -> bool:
        """Whether an image has a signature of this key."""
        ...

    def sign(self, ref: ImageRef) -> None:
        """Sign an image in its registry."""
        ...


class Charts(Protocol):
    """What turns a chart's folder into an archive."""

    def package(self, folder: Path, replaced: Mapping[str, str], trial: str, to: Path, name: str) -> Path:
        """Lint the chart with `replaced` texts in it, and archive it in the folder `to`.

        `trial` is a values text as a deployment gives it; the chart must be clean with it as well.
        The same content gives the same bytes. Raises `ToolFailed` with the linter's words.
        """
        ...

    def texts(self, archive: Path, names: Iterable[str]) -> dict[str, str]:
        """Those of the files (relative to the chart) that an archive has."""
        ...

    def render(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        """What would be installed with those values texts, the later ones on top: YAML documents."""
        ...


class Releases(Protocol):
    """What installs charts into a cluster."""

    def state(self, target: Target) -> ReleaseState | None:
        """What is installed under the target's name, or None."""
        ...

    def install(
        self,
        target: Target,
        archive: Path,
        values: Sequence[str],
        *,
        timeout: int,
        hopeless: Callable[[], bool],
    ) -> ReleaseState:
        """Install or upgrade with those values texts, the later ones on top, and wait until it is ready.

        `timeout` is in seconds; `hopeless` is asked now and then whether waiting still makes sense.
        Raises `ToolFailed` with the reason.
        """
        ...

    def holder(self, labels: Mapping[str, str]) -> tuple[bool | None, float]:
        """Of an installation's record: does its process live (None: cannot tell), and until when may it."""
        ...

    def test(self, target: Target, say: Say) -> None:
        """Run the chart's tests; raises `CheckFailed` with what they said."""
        ...


class Cluster(Protocol):
    """What runs in a cluster."""

    def ensure_namespace(self, target: Target) -> bool:
        """Make the target's namespace unless it is there; whether it was made."""
        ...

    def ready(self, target: Target, manifest: str) -> bool:
        """Whether everything in the manifest is there, and its Deployments run at their newest."""
        ...

    def troubles(self, target: Target, *, since: float = 0) -> tuple[str, ...]:
        """Why the target's pods (made since then) are not ready, in words; empty when all are."""
        ...

    def hopeless(self, target: Target, *, since: float) -> str:
        """Why waiting is in vain, or empty."""
        ...

    def release_labels(self, target: Target, revision: int) -> Mapping[str, str] | None:
        """The labels of an installation's record."""
        ...

    def drop_release(self, target: Target, revision: int) -> None:
        """Delete an abandoned installation's record, so that the one before it counts again."""
        ...


class NexusServer(Protocol):
    """A Nexus server's REST API, as its administrator."""

    def get(self, path: str) -> Any:
        """What is at `path`, or None when there is nothing."""
        ...

    def send(self, method: str, path: str, body: Any) -> None:
        """Make or change something; raises `ToolFailed` with the server's reason."""
        ...


class Store(Protocol):
    """Everything that a platform's registries hold of its applications."""

    def all(self) -> Sequence[Stored]:
        """Every manifest that has a tag, and what it needs."""
        ...

    def tags_of(self, stored: Stored) -> Sequence[str]:
        """The tags that name a manifest now."""
        ...

    def delete(self, stored: Stored) -> bool:
        """Delete a manifest; whether it was there."""
        ...


class Clusters(Protocol):
    """What clusters run."""

    def running(self, cluster: PlatformCluster) -> Running:
        """Whatever runs in one of them or would run again; raises when it cannot be asked."""
        ...


class Ledger(Protocol):
    """What releases went through."""

    def events(self) -> Sequence[Event]:
        """All events, oldest first; raises `Refused` when they cannot be read."""
        ...

    def append(self, events: Sequence[Event]) -> None:
        """Add events; they are kept when this returns."""
        ...


class Jobs(Protocol):
    """The jobs of a Jenkins controller. Every method raises `ToolFailed` with Jenkins' own reason."""

    def items(self, roots: Iterable[str]) -> dict[str, Found]:
        """What is in these top-level folders, two levels deep, the folders included, by path."""
        ...

    def config(self, path: str) -> str | None:
        """A job's `config.xml`; None only when Jenkins itself says that there is no such job."""
        ...

    def post(self, path: str, xml: str, *, create: bool) -> None:
        """Make a job, or give one that is there another configuration."""
        ...

    def delete(self, path: str) -> None:
        """Delete a job with all its builds; one that is gone is no error."""
        ...


class Controller(Protocol):
    """What a Jenkins controller is and has, beside jobs."""

    def version(self) -> str:
        """Its version; raises `ToolFailed` when the address, the account or the way there is wrong."""
        ...

    def plugins(self) -> frozenset[str] | None:
        """The ids of its active plugins; None when this account may not ask."""
        ...

    def credential_ids(self, folder: str) -> frozenset[str] | None:
        """The ids in a folder's own store (empty: the controller's); None when this account may not ask."""
        ...

    def paths_with_builds(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the jobs that have at least one build, their branches' jobs counted."""
        ...


class Builds(Protocol):
    """The builds of a Jenkins controller."""

    def trigger(self, path: str, parameters: Mapping[str, str]) -> Ticket:
        """Start a build; what is known of it until it runs."""
        ...

    def started(self, ticket: Ticket) -> int | None:
        """The build's number once it runs; raises `Refused` when somebody took it out of the queue."""
        ...

    def why_waiting(self, ticket: Ticket) -> str:
        """What the build waits for, in Jenkins' words; empty when it does not wait."""
        ...

    def console(self, path: str, number: int, offset: int) -> Console:
        """What a build has written since `offset`, which is Jenkins' own count and no length."""
        ...

    def result(self, path: str, number: int) -> str:
        """SUCCESS, UNSTABLE, FAILURE, ABORTED or NOT_BUILT; empty while it runs."""
        ...

    def stop(self, path: str, number: int | None, ticket: Ticket) -> None:
        """Abort a build, or take it out of the queue."""
        ...
