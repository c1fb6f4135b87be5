"""What looks a target over before anything is changed there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.preflight import Needs, Seen
    from pipelinekit.model.release import Target


class Scout(Protocol):
    """A cluster, and the registries that it pulls from."""

    def look(self, target: Target, needs: Needs) -> Seen:
        """What there is of what is needed; changes nothing, and no value of a Secret comes back.

        Raises `ToolFailed` when the cluster does not answer.
        """
        ...
