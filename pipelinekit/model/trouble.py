"""What keeps something from getting ready, and how long that may go on."""

from __future__ import annotations

from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One reason.

    Final ones never get right by waiting. Where something is `awaited`, it may still come, and is given
    `patience` seconds. What is neither lasts as long as the deployment may take.
    """

    subject: str
    """What is in trouble, like `pod orders-7d9f-x2x`."""
    problem: str
    """Why, in words, without the subject."""
    final: bool = False
    awaited: str = ""
    """What would end it, like `secret orders-api`."""
    patience: int = 0
    container: str = ""
    """The container whose log says more, or empty."""
    restarts: int = 0
    """How often that container has been started again."""
    starting: bool = False
    """It runs for the first time, and has only not been found ready yet: nothing is wrong so far."""
    stuck: str = ""
    """The pod to delete, for nothing else replaces it; or empty."""
    scheduled: bool = False
    """It is a run of a schedule: no deployment waits for that."""
    namespace: str = ""
    """Where it is, if that is not its release's own namespace."""

    def __str__(self) -> str:
        place = f" (namespace {self.namespace})" if self.namespace else ""
        return f"{self.subject}{place}: {self.problem}"
