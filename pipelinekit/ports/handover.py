"""What the upgrade of a controller needs: a Job that outlives it, and the builds that it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.release import Target
    from pipelinekit.model.rollout.handover import Kind, Standing

Object = Mapping[str, Any]


class Handovers(Protocol):
    """The Jobs that upgrade controllers. Every method raises `ToolFailed` when the cluster refuses."""

    def find(self, target: Target, name: str) -> Standing | None:
        """How the Job of that name stands, or None."""
        ...

    def kinds(self, target: Target, objects: Sequence[Object]) -> Mapping[tuple[str, str], Kind]:
        """What the server calls the kinds of these objects, by their `apiVersion` and `kind`."""
        ...

    def begin(self, target: Target, around: Sequence[Object], job: Object) -> bool:
        """Make what is around a Job, then the Job; False where one of that name has come meanwhile."""
        ...

    def tidy(self, target: Target, component: str, payload: str) -> None:
        """Delete what earlier Jobs of a component were given; the ConfigMap `payload` stays."""
        ...

    def clear(self, target: Target, payload: str) -> None:
        """Delete the ConfigMap of what a Job was given, where it is there still."""
        ...

    def drop(self, target: Target, standing: Standing) -> None:
        """Delete that very Job, with its pods, and wait until they are gone."""
        ...

    def note(self, target: Target, name: str, notes: Mapping[str, str]) -> None:
        """Annotate a Job; an empty text takes a note away."""
        ...

    def said(self, target: Target, name: str) -> Sequence[tuple[str, Sequence[str]]]:
        """Each pod that the Job has had and that is there, oldest first, with the lines that it has said."""
        ...


class Quiet(Protocol):
    """The builds of a controller that is to be changed. Raises `ToolFailed` with Jenkins' own reason."""

    def running(self) -> Sequence[str]:
        """What is being built, like `apps/orders/main #12`."""
        ...

    def hush(self) -> None:
        """Let no further build begin."""
        ...

    def wake(self) -> None:
        """Let builds begin again."""
        ...
