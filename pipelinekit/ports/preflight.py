"""What looks a target over before anything is changed there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.ground.inspection import Facts, Tried, Wants
    from pipelinekit.model.ground.preflight import Needs, Seen
    from pipelinekit.model.release import Target


class Scout(Protocol):
    """A cluster, and the registries that it pulls from."""

    def look(self, target: Target, needs: Needs) -> Seen:
        """What there is of what is needed; changes nothing, and no value of a Secret comes back.

        Raises `ToolFailed` when the cluster does not answer.
        """
        ...

    def look_for(self, target: Target, needs: Needs) -> Seen:
        """The Secrets and storage classes alone, where any is needed; nothing else is asked.

        Raises `ToolFailed` when the cluster does not answer.
        """
        ...


class Inspector(Protocol):
    """A cluster as a whole."""

    def look(self, target: Target, wants: Wants) -> Facts:
        """What the cluster says of itself; raises `ToolFailed` when it does not answer."""
        ...

    def attempt(self, target: Target, wants: Wants) -> Tried:
        """What pods find out in a namespace that is made for them, and is gone afterwards."""
        ...
