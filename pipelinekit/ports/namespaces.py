"""Namespaces as a whole, for those who prepare them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.deployment import Look, Object
    from pipelinekit.model.ground.preparation import Ground
    from pipelinekit.model.release import Target


class Namespaces(Protocol):
    """What makes and fills namespaces. Each raises `ToolFailed` when the cluster refuses."""

    def ground(self, target: Target) -> Ground:
        """The namespace as it is, and what makes pods there."""
        ...

    def ours(self, target: Target, platform: str) -> tuple[str, ...]:
        """What a platform has prepared there, like ResourceQuota/pipelinekit."""
        ...

    def look(self, target: Target, objects: Sequence[Object]) -> Look:
        """Those objects as they are, and as they would be; values of Secrets are digests."""
        ...

    def apply(self, target: Target, objects: Sequence[Object]) -> None:
        """Make what they declare ours, in their order; what others have added stays."""
        ...

    def remove(self, target: Target, names: Sequence[str]) -> None:
        """Delete objects of the namespace, like ResourceQuota/pipelinekit."""
        ...
