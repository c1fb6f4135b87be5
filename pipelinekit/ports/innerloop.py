"""What the inner loop needs of a cluster: the pods that a developer's release has made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.draft import Pod
    from pipelinekit.model.release import Target
from pipelinekit.ports.say import Say


class DraftPods(Protocol):
    """Pods that a developer's release has made."""

    def pods(self, target: Target) -> tuple[Pod, ...]:
        """Those of the target's release by Draft's label, the newest first."""
        ...

    def execute(self, target: Target, pod: str, words: Sequence[str], say: Say) -> None:
        """Run a command in a pod's first container; raises `ToolFailed` when it fails."""
        ...
