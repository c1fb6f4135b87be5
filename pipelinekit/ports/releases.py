"""Charts and clusters: what is deployed, what runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipelinekit.records import dataclass

if TYPE_CHECKING:
    # Only names in promises: whoever generates need not load what a release is made of.
    from pipelinekit.model.deployment import Look
    from pipelinekit.model.platform.document import Cluster as PlatformCluster
    from pipelinekit.model.release import ReleaseState, Target, TaskPod
    from pipelinekit.model.stored import Running
    from pipelinekit.model.trouble import Trouble
from pipelinekit.ports.say import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartFolder:
    """A chart as `Charts.package` is asked for it, without texts in the place of its own."""

    folder: Path
    trial: str
    root: Path
    libraries: tuple[Path, ...] = ()


class Charts(Protocol):
    """What turns a chart's folder into an archive."""

    def lint(self, folder: Path, replaced: Mapping[str, str], trial: str, name: str, *, root: Path) -> None:
        """Lint as `package` does, which then needs not do it again for what differs by digests alone."""
        ...

    def prepare(self, charts: Sequence[ChartFolder]) -> None:
        """Lint and pack many together, as far as they are right, so that `package` need do neither.

        Says and raises nothing of a chart that is not: `package` does.
        """
        ...

    def package(
        self,
        folder: Path,
        replaced: Mapping[str, str],
        trial: str,
        to: Path,
        name: str,
        *,
        root: Path,
        libraries: Sequence[Path] = (),
    ) -> Path:
        """Lint the chart with `replaced` texts in it, and archive it in the folder `to`.

        `root` is the application's folder, which the chart's files may not lead out of.
        `trial` is a values text as a deployment gives it; the chart must be clean with it as well.
        `libraries` are folders of charts that it is made with: they are archived in its `charts/`, in place
        of what is there of them.
        The same content gives the same bytes. Raises `ToolFailed` with the linter's words.
        """
        ...

    def texts(self, archive: Path, names: Iterable[str]) -> dict[str, str]:
        """Those of the files (relative to the chart) that an archive has.

        Raises `ToolFailed` for what is no archive, and for a file that is not UTF-8.
        """
        ...

    def digests(self, archive: Path) -> dict[str, str]:
        """The digest of each file (relative to the chart); raises `ToolFailed` for what is no archive."""
        ...

    def render(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        """What would be installed with those values texts, the later ones on top: YAML documents."""
        ...


SILENT = frozenset(("cluster-unreachable", "cluster-login", "cluster-untrusted", "kubeconfig-missing"))
"""The codes of a cluster that nothing can be asked."""
REFUSED = SILENT - {"cluster-unreachable"} | {"cluster-denied", "not-kubernetes"}
"""The codes of a cluster that somebody has to do something about before it can be asked again.

A load balancer answers in place of a server that is restarted as well.
"""
RIVAL = "deploy-rival"
"""The code of an installation's failure when somebody else has begun one first, and nothing was changed."""


class Releases(Protocol):
    """What installs charts into a cluster."""

    owns: bool
    """Whether it knows who owns a field, as far as it has been found out."""

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
        watched: bool = True,
    ) -> ReleaseState:
        """Install or upgrade with those values texts, the later ones on top, and wait until it is ready.

        What the chart declares is ours again, whoever changed it. `timeout` is in seconds; `hopeless` is
        asked now and then whether waiting still makes sense. Unless `watched` no Job is waited for. Raises
        `ToolFailed` with the reason, with the code `RIVAL` when somebody else has begun first.
        """
        ...

    def preview(self, target: Target, archive: Path, values: Sequence[str]) -> ReleaseState:
        """The release that `install` would make. Raises `ToolFailed` with the reason."""
        ...

    def last_good(self, target: Target) -> int | None:
        """The newest revision that was deployed whole and counts still, or None.

        Raises `ToolFailed` when the cluster does not say.
        """
        ...

    def has_run(self, target: Target) -> bool:
        """Whether any revision was ever deployed whole, as far back as there are records.

        Raises `ToolFailed` when the cluster does not say.
        """
        ...

    def back(
        self,
        target: Target,
        revision: int,
        *,
        timeout: int,
        hopeless: Callable[[], bool],
        watched: bool = True,
    ) -> None:
        """Roll back to that revision and wait until it runs, unless `watched` for no Job.

        Raises `ToolFailed` with the reason.
        """
        ...

    def holder(self, labels: Mapping[str, str]) -> tuple[bool | None, float]:
        """Of an installation's record: does its process live (None: cannot tell), and until when may it."""
        ...

    def test(self, target: Target, say: Say) -> None:
        """Run the chart's tests; raises `CheckFailed` with what they said.

        A cluster that does not answer has failed none of them: `ToolFailed`.
        """
        ...


class Objects(Protocol):
    """The single objects in a cluster."""

    def look(self, target: Target, manifest: str, more: str = "") -> Look:
        """The objects of both manifests as they are, and those of the first one as they would be.

        Nothing is changed, and values of Secrets are digests. Raises `ToolFailed` when the cluster refuses.
        """
        ...

    def hold(self, target: Target, counts: Mapping[str, int]) -> None:
        """Keep so many pods of each Deployment, also when the chart no longer says how many."""
        ...

    def restore(self, target: Target, name: str, patch: Sequence[Mapping[str, Any]]) -> None:
        """Patch an object like Deployment.v1.apps/orders; `ToolFailed` when it has changed since the look."""
        ...


class Tasks(Protocol):
    """The tasks that run before a rollout."""

    def now(self, target: Target) -> float:
        """The time by which the cluster dates, in seconds since 1970; 0 where it tells none."""
        ...

    def tasks(self, target: Target) -> tuple[TaskPod, ...]:
        """Their pods, those of earlier deployments included."""
        ...

    def end_tasks(self, target: Target) -> None:
        """Have them ended; their pods are there until their programs have stopped."""
        ...

    def task_lines(self, target: Target, pod: str, container: str) -> str:
        """The end of what a container has said, or empty when nobody has kept it."""
        ...


class SecretVersions(Protocol):
    """What is known of Secrets without reading them."""

    def secret_versions(self, target: Target, names: Sequence[str]) -> Mapping[str, str] | None:
        """A text for each of those that are there, another one after every change; None: may not be asked."""
        ...

    def have_read(self, target: Target, names: Sequence[str]) -> bool:
        """Whether every container of the target that runs began after the last change of those Secrets."""
        ...


class Cluster(Tasks, SecretVersions, Protocol):
    """What runs in a cluster."""

    def ensure_namespace(self, target: Target) -> bool:
        """Make the target's namespace unless it is there; whether it was made."""
        ...

    def troubles(self, target: Target, *, since: float = 0, kept: bool = False) -> tuple[Trouble, ...]:
        """Why the target's pods are not ready; empty when all are.

        It is those that were made since then, and with `kept` older ones of their makers' present template.
        """
        ...

    def last_lines(self, target: Target, trouble: Trouble) -> tuple[str, ...]:
        """The last lines of the log of the container in trouble."""
        ...

    def free(self, target: Target, pod: str) -> str:
        """Delete a pod that nothing else replaces; why it could not be done, or empty."""
        ...

    def release_labels(self, target: Target, revision: int) -> Mapping[str, str] | None:
        """The labels of an installation's record."""
        ...

    def drop_release(self, target: Target, revision: int) -> None:
        """Delete an abandoned installation's record, so that the one before it counts again."""
        ...


class Clusters(Protocol):
    """What clusters run."""

    def running(self, cluster: PlatformCluster) -> Running:
        """Whatever runs in one of them or would run again; raises when it cannot be asked."""
        ...
