"""What the inner loop needs of a cluster: the pods that a developer's release has made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.draft import Pod
    from pipelinekit.model.release import ImageRef, Target
    from pipelinekit.model.sources import Applied, Compared, Content, Entry, Look, Sending, Tree
from pipelinekit.ports.say import Say


class DraftPods(Protocol):
    """Pods that a developer's release has made."""

    def pods(self, target: Target) -> tuple[Pod, ...]:
        """Those of the target's release by Draft's label, the newest first."""
        ...

    def execute(self, target: Target, pod: str, words: Sequence[str], say: Say) -> None:
        """Run a command in a pod's first container; raises `ToolFailed` when it fails."""
        ...


class ClusterEngine(Protocol):
    """The engine that builds, as the cluster sees it."""

    def runs_pods(self) -> bool:
        """Whether the cluster's only node runs its containers in the engine: one of them is found there.

        Where either may not be asked, no.
        """
        ...

    def keep(self, image_id: str, ref: ImageRef) -> None:
        """Give an image of the engine's the name by which pods find it there."""
        ...


class LocalSources(Protocol):
    """A developer's folder, which is read and never written."""

    def look(self) -> Look:
        """What is in it now."""
        ...

    def content(self, path: str, entry: Entry) -> Content | None:
        """What stands at a path; None where it is not that entry any more."""
        ...


class Receivers(Protocol):
    """The folders in pods that sources are copied into."""

    def compare(self, target: Target, pod: str, container: str, tree: Tree) -> Compared:
        """What a pod's folder has otherwise; raises `ToolFailed` where nobody answers."""
        ...

    def apply(self, target: Target, pod: str, container: str, sending: Sending) -> Applied:
        """Write a batch, whole or not at all, and begin the program again.

        Raises `ToolFailed` where nobody answers.
        """
        ...

    def only(self, pods: Collection[str]) -> None:
        """End the ways to other pods than these."""
        ...

    def close(self) -> None:
        """End all ways; whoever asks again begins a new one."""
        ...
