"""What the inner loop needs of a cluster: a developer's namespace, and the pods in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.draft import Place, Pod
    from pipelinekit.model.release import Credentials, Target
from pipelinekit.ports.say import Say


class Places(Protocol):
    """The namespaces of developers."""

    def place(self, target: Target) -> Place | None:
        """The target's namespace as it is, or None; raises `ToolFailed` when the cluster cannot be asked."""
        ...

    def prepare(
        self, target: Target, labels: Mapping[str, str], used: str, logins: Mapping[str, Credentials]
    ) -> None:
        """Make the namespace with these labels, or bring them and the time of its use up to date.

        Its pods get these logins to pull with, by registry, in the place of those that they had. Without
        labels the namespace is somebody else's, and stays as it is.
        """
        ...


class DraftPods(Protocol):
    """Pods that a developer's release has made."""

    def pods(self, target: Target) -> tuple[Pod, ...]:
        """Those of the target's release by Draft's label, the newest first."""
        ...

    def execute(self, target: Target, pod: str, words: Sequence[str], say: Say) -> None:
        """Run a command in a pod's first container; raises `ToolFailed` when it fails."""
        ...
